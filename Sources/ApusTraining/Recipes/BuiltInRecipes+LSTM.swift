extension Recipe {
  // Zaremba et al. 2014, §4.1. Their loss is a sum over the steps of a row, ours a mean: the rate is
  // theirs times the steps, the longest gradient theirs divided by them.

  static let lstmSmall = zaremba(
    name: "lstm-small", summary: "The small LSTM of Zaremba et al. 2014: 2 layers of 200.",
    size: 200, stepLength: 20, dropout: 0, range: 0.1, learningRate: 20, clipNorm: 0.25,
    heldEpochs: 4, factor: 0.5, epochs: 13)

  static let lstmMedium = zaremba(
    name: "lstm-medium", summary: "The medium LSTM of Zaremba et al. 2014: 2 layers of 650.",
    size: 650, stepLength: 35, dropout: 0.5, range: 0.05, learningRate: 35,
    clipNorm: 0.14285714285714285, heldEpochs: 6, factor: 0.8333333333333334, epochs: 39)

  static let lstmLarge = zaremba(
    name: "lstm-large", summary: "The large LSTM of Zaremba et al. 2014: 2 layers of 1500.",
    size: 1500, stepLength: 35, dropout: 0.65, range: 0.04, learningRate: 35,
    clipNorm: 0.2857142857142857, heldEpochs: 14, factor: 0.8695652173913043, epochs: 55)

  // Merity et al. 2018, with the settings of their released code for the Penn Treebank.
  static let awdLSTM = """
    name: awd-lstm
    summary: "The AWD-LSTM of Merity et al. 2018: 3 layers of 1150, 24 million parameters."
    model:
      kind: lstm
      embeddingSize: 400
      hiddenSize: 1150
      layerCount: 3
      stepLength: 70
      drawsLengths: true
      dropout: 0.25
      inputDropout: 0.4
      outputDropout: 0.4
      tokenDropout: 0.1
      weightDropout: 0.5
      locksDropout: true
      activationPenalty: 2
      changePenalty: 1
      tiedEmbeddings: true
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
      kind: sgd
      learningRate: 30
      weightDecay: 0.0000012
    training:
      epochs: 500
      sequencesPerBatch: 20
      clipNorm: 0.25
      averagePatience: 5

    """

  private static func zaremba(
    name: String, summary: String, size: Int, stepLength: Int, dropout: Double, range: Double,
    learningRate: Double, clipNorm: Double, heldEpochs: Int, factor: Double, epochs: Int
  ) -> String {
    """
    name: \(name)
    summary: "\(summary)"
    model:
      kind: lstm
      hiddenSize: \(size)
      layerCount: 2
      stepLength: \(stepLength)
      dropout: \(dropout)
      initializerRange: \(range)
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
      kind: sgd
      learningRate: \(learningRate)
      weightDecay: 0
    schedule:
      kind: staircase
      heldEpochs: \(heldEpochs)
      factor: \(factor)
    training:
      epochs: \(epochs)
      sequencesPerBatch: 20
      clipNorm: \(clipNorm)
      checkpointEvery: 500

    """
  }
}
