import ApusTensors

/// Half the squared cosine distance of each similar pair, or half the square of what the distance of
/// another one lacks of the margin.
///
/// - Parameters:
///   - first: The first vector of each pair.
///   - second: The second one.
///   - labels: 1 for a similar pair and 0 for another; a constant.
///   - margin: The distance, 1 − cosine, from which on pairs are far enough apart.
/// - Returns: The loss of each pair.
/// - Shapes: [B, C], [B, C], labels [B] → [B]
/// - Source: Hadsell et al. 2006.
public func contrastive(
  _ first: Tensor, _ second: Tensor, labels: Tensor, margin: Float = 0.5
) -> Tensor {
  let terms = contrastiveTerms(first, second, labels, margin)
  return (labels * terms.near + (1 - labels) * terms.far) / 2
}

/// The contrastive loss of the hard pairs of a batch alone: similar ones that are further apart than
/// the nearest of the others, and others that are nearer than the farthest similar pair.
///
/// Where a batch has a single pair of a kind, or none, the mean of the other kind's own distances
/// stands for what it is compared with.
///
/// - Parameters: See `contrastive`.
/// - Returns: The sum of squares, a scalar.
/// - Shapes: [B, C], [B, C], labels [B] → []
/// - Source: Reimers & Gurevych, sentence-transformers.
public func onlineContrastive(
  _ first: Tensor, _ second: Tensor, labels: Tensor, margin: Float = 0.5
) -> Tensor {
  let terms = contrastiveTerms(first, second, labels, margin)
  let distances = terms.distances.detached.elements(as: Float.self)
  let isSimilar = labels.elements(as: Float.self).map { $0 > 0.5 }
  let similar = zip(distances, isSimilar).filter(\.1).map(\.0)
  let others = zip(distances, isSimilar).filter { !$0.1 }.map(\.0)
  let farthest = similar.count > 1 ? similar.max() : mean(others)
  let nearest = others.count > 1 ? others.min() : mean(similar)
  func mask(_ isHard: (_ distance: Float, _ isSimilar: Bool) -> Bool) -> Tensor {
    Tensor(zip(distances, isSimilar).map { isHard($0, $1) ? 1 : 0 as Float })
  }
  let hardSimilar = mask { distance, isSimilar in isSimilar && nearest.map { distance > $0 } == true
  }
  let hardOthers = mask { distance, isSimilar in
    !isSimilar && farthest.map { distance < $0 } == true
  }
  return (hardSimilar * terms.near + hardOthers * terms.far).sum()
}

private func mean(_ values: [Float]) -> Float? {
  values.isEmpty ? nil : values.reduce(0, +) / Float(values.count)
}

private func contrastiveTerms(
  _ first: Tensor, _ second: Tensor, _ labels: Tensor, _ margin: Float
) -> (distances: Tensor, near: Tensor, far: Tensor) {
  precondition(
    labels.shape == [first.rowCount],
    "contrastive: expected \(first.rowCount) labels, got \(labels.shape)")
  let distances = 1 - cosineSimilarities(first, second)
  return (distances, distances.square(), (margin - distances).relu().square())
}
