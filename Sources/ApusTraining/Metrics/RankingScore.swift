/// How well the candidates of queries are ranked: MAP and MRR.
///
/// Candidates of equal score share the last of their places, so that their order in a file can't
/// help; where no scores are equal, both are those of trec_eval. A score that is not a number ranks
/// last.
public struct RankingScore: Sendable, Equatable {
  /// Whether a query without a right candidate counts as 0; else it is left out, as WikiQA is scored.
  public let countsUnanswered: Bool
  /// The queries that count.
  public private(set) var queryCount = 0
  /// The queries without a right candidate.
  public private(set) var unansweredCount = 0
  private var precisions = 0.0
  private var reciprocals = 0.0

  public init(countsUnanswered: Bool = false) { self.countsUnanswered = countsUnanswered }

  /// Counts a query.
  ///
  /// - Parameters:
  ///   - scores: Of each candidate, higher for better ones.
  ///   - relevant: Whether each is right.
  public mutating func add(scores: [Float], relevant: [Bool]) {
    let scores = scores.map { $0.isNaN ? -.infinity : $0 }
    guard relevant.contains(true) else {
      unansweredCount += 1
      if countsUnanswered { queryCount += 1 }
      return
    }
    queryCount += 1
    precisions += averagePrecision(scores: scores, positives: relevant) ?? 0
    let best = zip(scores, relevant).reduce(-Float.infinity) { $1.1 ? max($0, $1.0) : $0 }
    reciprocals += 1 / Double(scores.count { $0 >= best })
  }

  /// The mean over the queries of the mean precision at the places of right candidates (MAP).
  public var meanAveragePrecision: Double { mean(precisions) }

  /// The mean over the queries of 1 / the place of the first right candidate (MRR).
  public var meanReciprocalRank: Double { mean(reciprocals) }

  private func mean(_ sum: Double) -> Double { queryCount == 0 ? 0 : sum / Double(queryCount) }
}
