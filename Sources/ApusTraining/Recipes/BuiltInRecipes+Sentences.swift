extension Recipe {
  // Reimers & Gurevych 2019 with the negatives of a batch (Henderson et al. 2017).
  static let sentenceEmbedding = sentences(
    name: "sentence-embedding",
    summary: "A pretrained Transformer (--encoder) learns to give texts vectors from pairs.",
    loss: "ranking", epochs: 1, batch: 64)

  // Scores on any scale; those of the STS benchmark go from 0 to 5.
  static let sentenceSimilarity = sentences(
    name: "sentence-similarity",
    summary: "The same from pairs with scores, whose order cosines are to have (CoSENT).",
    loss: "cosent", epochs: 4, batch: 16)

  private static func sentences(
    name: String, summary: String, loss: String, epochs: Int, batch: Int
  ) -> String {
    """
    name: \(name)
    summary: "\(summary)"
    model:
      kind: sentence-embedding
      loss: \(loss)
      scale: 20
    objective:
      kind: similarity
    optimizer:
      kind: adamw
      learningRate: 0.00002
    schedule:
      kind: linear
      warmupSteps: 100
    training:
      epochs: \(epochs)
      sequencesPerBatch: \(batch)
      clipNorm: 1

    """
  }
}
