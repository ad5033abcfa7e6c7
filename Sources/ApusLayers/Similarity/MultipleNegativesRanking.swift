import ApusTensors

/// How surprising it is that each anchor's positive is its own, amongst all candidates of a batch.
///
/// The positives of the other anchors are negatives, and so are all that are given beside them.
///
/// - Parameters:
///   - anchors: A vector each.
///   - candidates: The positive of each anchor in their order, then any number of negatives.
///   - scale: What cosines are multiplied with: the inverse of a temperature.
///   - isSymmetric: Whether the mean is taken with the loss of the anchors of each positive.
/// - Returns: −ln P(positive | anchor), in nats, unreduced.
/// - Shapes: anchors [B, C], candidates [M ≥ B, C] → [B]
/// - Source: Henderson et al. 2017, §4; with cosines van den Oord et al. 2018; symmetric Radford et
///   al. 2021.
public func multipleNegativesRanking(
  _ anchors: Tensor, _ candidates: Tensor, scale: Float = 20, isSymmetric: Bool = false
) -> Tensor {
  let count = anchors.rowCount
  precondition(
    candidates.rowCount >= count && candidates.columnCount == anchors.columnCount,
    "multipleNegativesRanking: expected at least [\(count), \(anchors.columnCount)] candidates, "
      + "got \(candidates.shape)")
  let own = Tensor((0..<Int32(count)).map { $0 })
  let (anchors, candidates) = (anchors.normalizedRows, candidates.normalizedRows)
  let scores = matmul(anchors, candidates, transposingSecond: true) * scale
  let losses = crossEntropy(scores, targets: own)
  guard isSymmetric else { return losses }
  let back = matmul(candidates.rows(0..<count), anchors, transposingSecond: true) * scale
  return (losses + crossEntropy(back, targets: own)) / 2
}
