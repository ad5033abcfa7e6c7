import ApusTensors

/// A loss that vectors are to make small with their first values alone, too.
///
/// - Parameters:
///   - embeddings: What the loss takes, a vector a row.
///   - dimensions: How many of the first values are taken each time.
///   - weights: What the loss of each counts.
///   - loss: The loss of shortened vectors, each at length 1.
/// - Returns: The weighted sum.
/// - Shapes: each of embeddings [N, C] → what the loss gives
/// - Source: Kusupati et al. 2022, eq. 1.
public func matryoshka(
  _ embeddings: [Tensor], dimensions: [Int], weights: [Float], _ loss: ([Tensor]) -> Tensor
) -> Tensor {
  precondition(
    !dimensions.isEmpty && weights.count == dimensions.count,
    "matryoshka: expected a weight for each dimension, got \(weights.count) for \(dimensions)")
  let losses = zip(dimensions, weights).map { dimension, weight in
    loss(embeddings.map { $0.columns(0..<dimension).normalizedRows }) * weight
  }
  return losses.dropFirst().reduce(losses[0], +)
}
