import Glibc

/// What a candidate of a relevance is worth in a ranking.
public enum RelevanceGain: String, CaseIterable, Sendable {
  /// The relevance itself (Järvelin & Kekäläinen 2002), as scikit-learn and trec_eval have it.
  case linear
  /// 2^relevance − 1 (Burges et al. 2005).
  case exponential

  func gain(_ relevance: Double) -> Double {
    switch self {
    case .linear: relevance
    case .exponential: exp2(relevance) - 1
    }
  }
}

/// The normalised discounted cumulative gain (NDCG) of a query's candidates.
///
/// The candidate in place i, from 1 on, adds its gain over log₂(i + 1); the sum is divided by the
/// greatest that is possible. Candidates of equal score take the mean of their places, as in
/// scikit-learn; a score that is not a number ranks last.
///
/// - Parameters:
///   - scores: Of each candidate, higher for better ones.
///   - relevances: Of each, at least 0.
///   - count: The places that count; nil counts all.
///   - gain: What a relevance is worth.
/// - Returns: 0...1; 0 for a query of which no candidate is relevant.
public func normalizedGain(
  scores: [Float], relevances: [Double], at count: Int? = nil, _ gain: RelevanceGain = .linear
) -> Double {
  precondition(
    scores.count == relevances.count,
    "normalizedGain: expected \(scores.count) relevances, got \(relevances.count)")
  let scores = scores.map { $0.isNaN ? -.infinity : $0 }
  let gains = relevances.map(gain.gain)
  let places = min(count ?? scores.count, scores.count)
  let discounts = scores.indices.map { $0 < places ? 1 / log2(Double($0 + 2)) : 0 }
  let best = zip(gains.sorted(by: >), discounts).reduce(0) { $0 + $1.0 * $1.1 }
  guard best > 0 else { return 0 }

  let ranked = scores.indices.sorted { scores[$0] > scores[$1] }
  var (sum, start) = (0.0, 0)
  while start < ranked.count {
    let end = ranked[start...].firstIndex { scores[$0] != scores[ranked[start]] } ?? ranked.count
    let tied = ranked[start..<end].reduce(0) { $0 + gains[$1] } / Double(end - start)
    sum += tied * discounts[start..<end].reduce(0, +)
    start = end
  }
  return sum / best
}
