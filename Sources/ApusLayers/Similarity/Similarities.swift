import ApusTensors

/// The cosine of the angle between the vectors of each row; that with zeros is 0.
///
/// - Shapes: [B, C] and [B, C] → [B]
public func cosineSimilarities(_ first: Tensor, _ second: Tensor) -> Tensor {
  precondition(
    first.shape == second.shape,
    "cosineSimilarities: expected shape \(first.shape), got \(second.shape)")
  return (first.normalizedRows * second.normalizedRows).sum(axis: -1)
}

/// The distance between the vectors of each row.
///
/// - Shapes: [B, C] and [B, C] → [B]
public func euclideanDistances(_ first: Tensor, _ second: Tensor) -> Tensor {
  precondition(
    first.shape == second.shape,
    "euclideanDistances: expected shape \(first.shape), got \(second.shape)")
  return (first - second).rowLengths.reshaped([first.rowCount])
}
