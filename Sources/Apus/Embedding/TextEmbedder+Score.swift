import ApusTraining

extension TextEmbedder {
  /// How the similarities of pairs go with their scores.
  public func score(on pairs: ScoredPairs) -> SimilarityScore {
    SimilarityScore(
      first: embed(pairs.first), second: embed(pairs.second), scores: pairs.scores)
  }
}
