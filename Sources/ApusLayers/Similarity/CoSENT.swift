import ApusTensors

/// How far the cosines of pairs are from the order of their scores.
///
/// Every two pairs of which one is more similar than the other count, however much more.
///
/// - Parameters:
///   - first: The first vector of each pair.
///   - second: The second one.
///   - scores: How similar they should be, on any scale; a constant.
///   - scale: What cosines are multiplied with.
/// - Returns: ln(1 + Σ exp(scale · (cos(less) − cos(more)))), a scalar; 0 where all scores are equal.
/// - Shapes: [B, C], [B, C], scores [B] → []
/// - Source: Huang et al. 2024.
public func cosent(
  _ first: Tensor, _ second: Tensor, scores: Tensor, scale: Float = 20
) -> Tensor {
  let count = first.rowCount
  precondition(scores.shape == [count], "cosent: expected \(count) scores, got \(scores.shape)")
  let cosines = cosineSimilarities(first, second) * scale
  let differences = cosines.reshaped([count, 1]) - cosines.reshaped([1, count])
  let isLess = scores.reshaped([count, 1]).less(than: scores.reshaped([1, count]))
  // What is not to count vanishes in the sum of exponentials.
  let counted = selected(where: isLess, differences, Tensor(-1e12)).reshaped([1, count * count])
  // The cross-entropy of a class with logit 0 is the logarithm of 1 and all other exponentials.
  return crossEntropy(
    concatenated([.zeros([1, 1]), counted], axis: 1), targets: .zeros([1], .int32)
  ).sum()
}
