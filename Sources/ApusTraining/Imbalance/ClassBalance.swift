import Glibc

/// How many examples each class has, and what follows from that for a loss.
///
/// Weights are scaled so that their mean over the examples is 1, which keeps the size of the loss and
/// the meaning of a learning rate.
public struct ClassBalance: Sendable, Hashable {
  /// The examples of each class; a class without any has weight 0.
  public let counts: [Int]

  public init(counts: [Int]) {
    precondition(
      counts.allSatisfy { $0 >= 0 } && counts.contains { $0 > 0 },
      "ClassBalance: expected counts that are not negative and not all 0, got \(counts)")
    self.counts = counts
  }

  /// Counts the class of each example.
  public init(labels: [Int], classCount: Int) {
    self.init(counts: labels.reduce(into: Array(repeating: 0, count: classCount)) { $0[$1] += 1 })
  }

  public var exampleCount: Int { counts.reduce(0, +) }
  /// The examples of the largest class.
  public var largestCount: Int { counts.max() ?? 0 }
  /// The examples of the smallest class that has any.
  public var rarestCount: Int { counts.filter { $0 > 0 }.min() ?? 0 }
  /// How many times as many examples the largest class has as the smallest.
  public var ratio: Double { Double(largestCount) / Double(rarestCount) }

  /// Weights with which every class adds as much to a loss: those that scikit-learn calls balanced.
  public var inverseFrequencyWeights: [Double] { weights { 1 / Double($0) } }

  /// Weights by the volume that examples cover, which grows more slowly than their count.
  ///
  /// - Parameter beta: 0 for equal weights, towards 1 for those of the inverse frequency.
  /// - Returns: A weight for each class.
  /// - Source: Cui et al. 2019: (1 − β) / (1 − βⁿ).
  public func effectiveNumberWeights(beta: Double) -> [Double] {
    weights { (1 - beta) / (1 - pow(beta, Double($0))) }
  }

  /// The logarithm of each class's share of the examples; a class without any counts as having one.
  public var logPriors: [Double] {
    counts.map { log(Double(max(1, $0)) / Double(exampleCount)) }
  }

  private func weights(_ weight: (Int) -> Double) -> [Double] {
    let raw = counts.map { $0 == 0 ? 0 : weight($0) }
    let sum = zip(raw, counts).reduce(0) { $0 + $1.0 * Double($1.1) }
    return raw.map { $0 * Double(exampleCount) / sum }
  }
}
