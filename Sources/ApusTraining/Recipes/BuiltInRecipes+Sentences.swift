extension Recipe {
  static let sentenceEmbedding = """
    name: sentence-embedding
    summary: A pretrained Transformer (--encoder) learns to give texts vectors from pairs.
    # Reimers & Gurevych 2019 with the negatives of a batch (Henderson et al. 2017).
    model:
      kind: sentence-embedding
      loss: ranking
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
      epochs: 1
      sequencesPerBatch: 64
      clipNorm: 1

    """

  static let sentenceSimilarity = """
    name: sentence-similarity
    summary: The same from pairs with scores, whose order cosines are to have (CoSENT).
    # Scores on any scale; those of the STS benchmark go from 0 to 5.
    model:
      kind: sentence-embedding
      loss: cosent
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
      epochs: 4
      sequencesPerBatch: 16
      clipNorm: 1

    """
}
