import ApusTensors
import Glibc

/// Classes drawn by rank, from which a class is told in place of all: the more frequent, which come
/// first, the more often.
///
/// A class of rank k is drawn with probability ln((k + 2) / (k + 1)) / ln(V + 1), and each but once.
///
/// - Source: Jean et al. 2015; drawn and corrected as by TensorFlow's `sampled_softmax_loss`, which
///   Peters et al. 2018 used.
public struct SampledClasses: Sendable {
  /// The number of classes V.
  public let classCount: Int
  /// Those that were drawn, each once.
  public let ids: [Int32]
  /// How often a class was drawn for, until there were enough different ones.
  let drawCount: Int

  /// Draws classes.
  ///
  /// - Parameters:
  ///   - count: How many different ones, fewer than there are.
  ///   - classCount: The number of classes, the most frequent first.
  ///   - key: What they are drawn from.
  public init(_ count: Int, of classCount: Int, _ key: RandomKey) {
    precondition(
      count > 0 && count < classCount,
      "SampledClasses: expected fewer samples than \(classCount) classes, got \(count)")
    self.classCount = classCount
    var random = RandomStream(key)
    var ids: [Int32] = []
    var seen: Set<Int32> = []
    var drawCount = 0
    let scale = log(Double(classCount) + 1)
    // The last of many classes may keep one waiting without end.
    while ids.count < count, drawCount < 64 * classCount {
      let rank = Int32(min(exp(random.uniform() * scale) - 1, Double(classCount - 1)))
      if seen.insert(rank).inserted { ids.append(rank) }
      drawCount += 1
    }
    self.ids = ids
    self.drawCount = drawCount
  }

  /// How often a class is among so many draws at least once.
  func expectedCount(of id: Int32) -> Double {
    let share = log1p(1 / (Double(id) + 1)) / log(Double(classCount) + 1)
    return -expm1(Double(drawCount) * log1p(-share))
  }

  /// −ln P(target) of each row, in nats, where only the target and the drawn classes are told apart.
  ///
  /// The logits are corrected by how often their classes are drawn. A drawn class that is the target
  /// itself counts for nothing.
  ///
  /// - Parameters:
  ///   - x: What is projected.
  ///   - head: The projection onto all classes.
  ///   - targets: The class of each row, Int32.
  /// - Returns: A value for each row, whose sum leads the weights the way that the loss over all
  ///   classes does on average.
  /// - Shapes: x [N, C], targets [N] → [N], Float32
  public func losses(_ x: Tensor, _ head: Linear, targets: Tensor) -> Tensor {
    let (weight, wanted) = (head.weight.value, targets.elements(as: Int32.self))
    func corrections(_ ids: [Int32]) -> Tensor {
      Tensor(ids.map { Float(-log(expectedCount(of: $0))) })
    }
    let drawn = linear(x, weight.gathered(ids), head.bias?.value.gathered(ids))
      .converted(to: .float32)
    let rows = (x.converted(to: .float32) * weight.gathered(targets)).sum(axis: -1)
    let own = head.bias.map { rows + $0.value.gathered(targets) } ?? rows
    let logits = concatenated(
      [
        (own + corrections(wanted)).reshaped([wanted.count, 1]),
        drawn + corrections(ids) + hits(wanted),
      ], axis: 1)
    return crossEntropy(logits, targets: .zeros([wanted.count], .int32))
  }

  /// What takes drawn classes out that are the target of a row: [N, ids].
  private func hits(_ targets: [Int32]) -> Tensor {
    let places = Dictionary(uniqueKeysWithValues: zip(ids, ids.indices))
    var result = Tensor.zeros([targets.count, ids.count])
    result.mutate(as: Float.self) { values in
      for (row, target) in targets.enumerated() {
        if let place = places[target] { values[row * ids.count + place] = -1e30 }
      }
    }
    return result
  }
}
