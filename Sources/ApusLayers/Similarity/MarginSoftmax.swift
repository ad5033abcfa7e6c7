import ApusTensors
import Glibc

/// A softmax over classes that asks more of the right one than to be the largest: a margin between
/// classes in the angle to their weights.
///
/// - Source: L-Softmax Liu et al. 2016; A-Softmax Liu et al. 2017; additive margin Wang et al. 2018
///   (CosFace); additive angular margin Deng et al. 2019 (ArcFace).
public enum MarginSoftmax: Sendable, Hashable {
  /// |w| |x| ψ(θ) for the right class, where ψ(θ) = (−1)ᵏ cos(mθ) − 2k in the k-th m-th of a half
  /// turn; m is whole, and 1 is the plain softmax.
  ///
  /// The share of the plain cosine in a mixture with ψ is λ / (1 + λ), which helps at the start.
  case large(margin: Int, plainness: Float)
  /// The same with weights of length 1.
  case angular(margin: Int, plainness: Float)
  /// s (cos θ − m) for the right class and s cos θ for the others.
  case additive(margin: Float, scale: Float)
  /// s cos(θ + m) for the right class and s cos θ for the others.
  case additiveAngular(margin: Float, scale: Float)

  /// The logits of a batch, whose cross-entropy is the loss.
  ///
  /// - Parameters:
  ///   - features: A vector a row.
  ///   - weights: One a class.
  ///   - labels: The right class of each row, Int32.
  /// - Returns: Those of a softmax, of which the right class's is lowered.
  /// - Shapes: features [B, C], weights [L, C], labels [B] → [B, L]
  public func logits(_ features: Tensor, _ weights: Tensor, labels: Tensor) -> Tensor {
    let cosines = matmul(
      features.normalizedRows, weights.normalizedRows, transposingSecond: true)
    let right = cosines.selected(columns: labels)
    let (changed, lengths): (Tensor, Tensor)
    switch self {
    case .large(let margin, let plainness):
      changed = Self.mixed(right, margin, plainness)
      lengths = features.rowLengths * weights.rowLengths.reshaped([1, weights.rowCount])
    case .angular(let margin, let plainness):
      changed = Self.mixed(right, margin, plainness)
      lengths = features.rowLengths
    case .additive(let margin, let scale): (changed, lengths) = (right - margin, Tensor(scale))
    case .additiveAngular(let margin, let scale):
      (changed, lengths) = (Self.turned(right, by: margin), Tensor(scale))
    }
    let rows = (0..<Int32(weights.rowCount)).map { $0 }
    let isRight = labels.reshaped([labels.count, 1]).equal(
      to: Tensor(rows, [1, weights.rowCount]))
    return selected(where: isRight, changed.reshaped([labels.count, 1]), cosines) * lengths
  }

  /// The loss of each row, in nats.
  ///
  /// - Shapes: features [B, C], weights [L, C], labels [B] → [B]
  public func callAsFunction(_ features: Tensor, _ weights: Tensor, labels: Tensor) -> Tensor {
    crossEntropy(logits(features, weights, labels: labels), targets: labels)
  }

  private static func mixed(_ cosines: Tensor, _ margin: Int, _ plainness: Float) -> Tensor {
    precondition(margin >= 1, "MarginSoftmax: expected a margin of at least 1, got \(margin)")
    return (cosines * plainness + falling(cosines, margin)) / (1 + plainness)
  }

  /// ψ(θ), which falls from 1 to 1 − 2m over half a turn.
  private static func falling(_ cosines: Tensor, _ margin: Int) -> Tensor {
    // cos(mθ) by Chebyshev's recurrence.
    var (former, multiple) = (Tensor.ones(cosines.shape), cosines)
    for _ in 1..<margin { (former, multiple) = (multiple, 2 * cosines * multiple - former) }
    let ends = (1..<margin).map { cos(Float($0) * .pi / Float(margin)) }
    let parts = cosines.detached.elements(as: Float.self).map { cosine in
      ends.count { cosine <= $0 }
    }
    let signs = Tensor(parts.map { $0 % 2 == 0 ? 1 : -1 as Float })
    return multiple * signs - Tensor(parts.map { Float(2 * $0) })
  }

  /// cos(θ + m) where that is less than half a turn; behind it a line that goes on falling.
  private static func turned(_ cosines: Tensor, by margin: Float) -> Tensor {
    let sines = (1 - cosines.square()).clamped(to: 1e-12...1).squareRoot()
    let turned = cosines * cos(margin) - sines * sin(margin)
    let isWithin = cosines.greater(than: cos(.pi - margin))
    return selected(where: isWithin, turned, cosines - margin * sin(margin))
  }
}
