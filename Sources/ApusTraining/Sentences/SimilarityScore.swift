import Glibc

/// How the similarities of pairs of vectors go with people's scores.
public struct SimilarityScore: Sendable {
  /// The correlations of one similarity, from −1 to 1; NaN where all are equal.
  public struct Agreement: Sendable {
    public let spearman, pearson: Double

    init(_ similarities: [Double], _ scores: [Double]) {
      spearman = Correlation.spearman(similarities, scores)
      pearson = Correlation.pearson(similarities, scores)
    }
  }

  public let cosine, dot: Agreement
  /// Of the negated distances.
  public let euclidean, manhattan: Agreement
  public let pairCount: Int

  /// - Parameters:
  ///   - first: The vector of the first text of each pair.
  ///   - second: That of the second.
  ///   - scores: How similar they are said to be, on any scale.
  public init(first: [[Float]], second: [[Float]], scores: [Double]) {
    precondition(
      first.count == second.count && first.count == scores.count,
      "SimilarityScore: expected as many vectors as scores, got \(first.count), \(second.count) "
        + "and \(scores.count)")
    pairCount = scores.count
    let pairs = zip(first, second).map { first, second in
      zip(first, second).map { (Double($0), Double($1)) }
    }
    func agreement(_ similarity: ([(Double, Double)]) -> Double) -> Agreement {
      Agreement(pairs.map(similarity), scores)
    }
    func product(_ pair: [(Double, Double)]) -> Double { pair.reduce(0) { $0 + $1.0 * $1.1 } }
    dot = agreement(product)
    cosine = agreement { pair in
      let lengths = pair.reduce((0, 0)) { ($0.0 + $1.0 * $1.0, $0.1 + $1.1 * $1.1) }
      let length = sqrt(lengths.0) * sqrt(lengths.1)
      return length > 0 ? product(pair) / length : 0
    }
    euclidean = agreement { pair in
      -sqrt(pair.reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) })
    }
    manhattan = agreement { pair in -pair.reduce(0) { $0 + abs($1.0 - $1.1) } }
  }
}
