extension Recipe {
  static let textCNN = """
    name: textcnn
    summary: A convolutional classifier of sentences (Kim 2014), from labelled lines.
    # Sizes, dropout, norm and batches of 50 are those of the paper; it trained with Adadelta.
    model:
      kind: textcnn
      embeddingSize: 300
      kernelSizes: [3, 4, 5]
      channelCount: 100
      dropout: 0.5
      wordDropout: 0.02
      maxNorm: 3
    tokenizer:
      kind: word
      vocabularySize: 100000
      lowercases: true
    objective:
      kind: classification
    optimizer:
      kind: adam
      learningRate: 0.0005
      betas: [0.9, 0.999]
    schedule:
      kind: constant
    training:
      epochs: 15
      sequencesPerBatch: 50
      earlyStoppingPatience: 5

    """

  static let biLSTM = """
    name: bilstm
    summary: A classifier of sentences by LSTMs in both directions, from labelled lines.
    model:
      kind: bilstm
      embeddingSize: 200
      hiddenSize: 100
      pooling: max
      dropout: 0.5
      # A few thousand sentences are soon learnt by heart.
      embeddingDropout: 0.5
      wordDropout: 0.05
    tokenizer:
      kind: word
      vocabularySize: 100000
      lowercases: true
    objective:
      kind: classification
    optimizer:
      kind: adam
      learningRate: 0.002
    schedule:
      kind: linear
    training:
      epochs: 12
      sequencesPerBatch: 32
      clipNorm: 5

    """
}
