extension Recipe {
  static let elmo = """
    name: elmo
    summary: An ELMo of 93 million parameters as published, from a sentence a line.
    # Peters et al. 2018; ten epochs of a billion words there.
    model:
      kind: elmo
      hiddenSize: 4096
      projectedSize: 512
      sampleCount: 8192
    tokenizer:
      kind: word
      vocabularySize: 793471
      splitsAtWhitespace: true
    data:
      documents: lines
    objective:
      kind: bidirectional
    optimizer:
      kind: adagrad
      learningRate: 0.2
    training:
      epochs: 10
      tokensPerBatch: 5120
      clipNorm: 10
      checkpointEvery: 500

    """

  static let elmoSmall = """
    name: elmo-small
    summary: An ELMo of 256 values a word, for corpora of a few megabytes.
    model:
      kind: elmo
      filterCounts: [32, 32, 64, 64, 64, 64, 64]
      highwayCount: 1
      hiddenSize: 512
      projectedSize: 128
      # A few megabytes are read several times over, so that forgetting helps.
      dropout: 0.4
    tokenizer:
      kind: word
      vocabularySize: 20000
      splitsAtWhitespace: true
    data:
      documents: lines
    objective:
      kind: bidirectional
    optimizer:
      kind: adam
      learningRate: 0.002
      betas: [0.9, 0.999]
    schedule:
      kind: cosine
      warmupSteps: 100
    training:
      epochs: 8
      tokensPerBatch: 1024
      clipNorm: 1

    """
}
