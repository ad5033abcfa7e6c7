extension Recipe {
  // The model of Bengio et al. 2003 with sizes for the Penn Treebank, without direct connections,
  // which they found to cost generalisation; dropout and Adam are later than it.
  static let windowLM = """
    name: window-lm
    summary: "The fixed-window model of Bengio et al. 2003: 4 words of 100 values, 200 units."
    model:
      kind: window
      windowLength: 4
      embeddingSize: 100
      hiddenSize: 200
      hasDirectConnections: false
      dropout: 0.25
      stepLength: 20
    tokenizer:
      kind: word
      vocabularySize: 10000
      splitsAtWhitespace: true
    data:
      documents: lines
      validationFraction: 0.05
    objective:
      kind: causal
    optimizer:
      kind: adam
      learningRate: 0.001
      weightDecay: 0
    schedule:
      kind: staircase
      heldEpochs: 4
      factor: 0.5
    training:
      epochs: 10
      sequencesPerBatch: 20
      clipNorm: 5
      checkpointEvery: 2000

    """
}
