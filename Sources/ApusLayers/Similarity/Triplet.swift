import ApusTensors

/// What each anchor's distance to its negative lacks of being the margin longer than that to its
/// positive.
///
/// - Parameters:
///   - anchors: A vector each.
///   - positives: What is to be near each.
///   - negatives: What is to be far from each.
///   - margin: By how much, in Euclidean distance.
/// - Returns: The loss of each anchor, at least 0.
/// - Shapes: [B, C], [B, C], [B, C] → [B]
/// - Source: Schroff et al. 2015; Reimers & Gurevych 2019, §3.
public func triplet(
  _ anchors: Tensor, _ positives: Tensor, _ negatives: Tensor, margin: Float = 5
) -> Tensor {
  (euclideanDistances(anchors, positives) - euclideanDistances(anchors, negatives) + margin).relu()
}
