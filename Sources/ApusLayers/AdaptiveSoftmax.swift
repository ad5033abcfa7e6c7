import ApusTensors

/// A softmax over a large vocabulary whose rare classes cost less.
///
/// Classes are sorted by frequency and cut into a head and clusters. The head has a class for each
/// cluster beside its own; within a cluster, states are projected to fewer values, a quarter as many from
/// each cluster to the next. Only states whose target is in a cluster go through it.
///
/// Parameters have the names of PyTorch's `AdaptiveLogSoftmaxWithLoss`: `head.weight`,
/// `tail.0.0.weight`, `tail.0.1.weight` and so on.
///
/// - Shapes: [N, C] over V classes.
/// - Source: Grave et al. 2017, "Efficient softmax approximation for GPUs".
public struct AdaptiveSoftmax: Layer {
  /// The classes of each cluster.
  private let clusters: [Range<Int>]
  private let head: Linear
  private let tails: [(projection: Linear, output: Linear)]

  private static let divisor = 4

  /// - Parameters:
  ///   - size: The values of a state.
  ///   - classCount: All classes, the most frequent first.
  ///   - cutoffs: The first class of each cluster, rising; those before the first are the head.
  ///   - initializer: Of all weights.
  ///   - scope: Where the parameters are created.
  public init(
    _ size: Int, classCount: Int, cutoffs: [Int], _ initializer: Initializer = .xavierUniform,
    in scope: Scope
  ) {
    let bounds = [0] + cutoffs + [classCount]
    precondition(
      !cutoffs.isEmpty && zip(bounds, bounds.dropFirst()).allSatisfy(<),
      "AdaptiveSoftmax: expected rising cutoffs below \(classCount), got \(cutoffs)")
    clusters = zip(cutoffs, cutoffs.dropFirst() + [classCount]).map { $0..<$1 }
    func linear(_ inputs: Int, _ outputs: Int, _ scope: Scope) -> Linear {
      Linear(inputs, outputs, hasBias: false, initializer, in: scope)
    }
    head = linear(size, cutoffs[0] + cutoffs.count, scope / "head")
    let sizes = Self.projectedSizes(size, clusterCount: cutoffs.count)
    tails = zip(clusters, sizes).enumerated().map { index, cluster in
      let tail = scope / "tail" / index
      return (
        linear(size, cluster.1, tail / 0), linear(cluster.1, cluster.0.count, tail / 1)
      )
    }
  }

  /// The values that states of a size are projected to in each cluster.
  public static func projectedSizes(_ size: Int, clusterCount: Int) -> [Int] {
    (0..<clusterCount).reduce(into: [Int]()) { sizes, _ in
      sizes.append(max(1, (sizes.last ?? size) / divisor))
    }
  }

  /// The mean cross-entropy of targets, in nats.
  ///
  /// - Parameters:
  ///   - x: States, in the mode's type.
  ///   - targets: Class ids, Int32.
  ///   - mode: How the layer runs.
  ///   - divisor: What the sum is divided by; by default the number of targets.
  /// - Returns: A scalar that gradients can be asked of.
  /// - Shapes: x [N, C], targets [N] → []
  public func loss(_ x: Tensor, targets: Tensor, _ mode: Mode, divisor: Float? = nil) -> Tensor {
    let divisor = divisor ?? Float(max(1, targets.count))
    let quantized = mode.precision.quantizesWeights
    let classes: [Int32] = targets.elements()
    let headCount = clusters[0].lowerBound
    let headTargets = classes.map { target in
      let cluster = clusters.firstIndex { $0.contains(Int(target)) }
      return cluster.map { Int32(headCount + $0) } ?? target
    }
    var sum = linearCrossEntropy(
      x, head.weight.value, targets: Tensor(headTargets), divisor: divisor, quantized: quantized)
    for (cluster, tail) in zip(clusters, tails) {
      let rows = classes.indices.filter { cluster.contains(Int(classes[$0])) }
      guard !rows.isEmpty else { continue }
      let inside = rows.map { classes[$0] - Int32(cluster.lowerBound) }
      sum =
        sum
        + linearCrossEntropy(
          tail.projection(x.gathered(rows.map(Int32.init)), mode), tail.output.weight.value,
          targets: Tensor(inside), divisor: divisor, quantized: quantized)
    }
    return sum
  }

  /// The logarithm of the probability of every class, Float32.
  ///
  /// - Shapes: [N, C] → [N, V]
  public func logProbabilities(_ x: Tensor, _ mode: Mode) -> Tensor {
    func logSoftmax(_ logits: Tensor) -> Tensor { logits.converted(to: .float32).logSoftmax() }
    let top = logSoftmax(head(x, mode))
    let headCount = clusters[0].lowerBound
    let columns = top.transposed()
    let parts = tails.enumerated().map { index, tail in
      let cluster = columns.rows(headCount + index..<headCount + index + 1).transposed()
      return logSoftmax(tail.output(tail.projection(x, mode), mode)) + cluster
    }
    return concatenated([columns.rows(0..<headCount).transposed()] + parts, axis: 1)
  }
}
