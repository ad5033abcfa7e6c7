import ApusTensors

/// The squared difference of the cosine of each pair from its score.
///
/// - Parameters:
///   - first: The first vector of each pair.
///   - second: The second one.
///   - scores: The cosine that they should have; a constant.
/// - Returns: The loss of each pair.
/// - Shapes: [B, C], [B, C], scores [B] → [B]
/// - Source: Reimers & Gurevych 2019, §3.
public func cosineRegression(_ first: Tensor, _ second: Tensor, scores: Tensor) -> Tensor {
  meanSquaredError(cosineSimilarities(first, second), scores)
}
