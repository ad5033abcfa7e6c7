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

  static let dnn = """
    name: dnn
    summary: A classifier of texts by the weighted terms of each (TF-IDF), from labelled lines.
    # The terms are as many as those of Kowsari et al. 2018.
    model:
      kind: dnn
      hiddenSize: 512
      layerCount: 1
      termLimit: 75000
      dropout: 0.5
      wordDropout: 0.2
    objective:
      kind: classification
    optimizer:
      kind: adam
      learningRate: 0.001
    schedule:
      kind: constant
    training:
      epochs: 20
      sequencesPerBatch: 64
      earlyStoppingPatience: 5

    """

  static let rmdl = """
    name: rmdl
    summary: A random multimodel ensemble of classifiers (RMDL, Kowsari et al. 2018).
    # Depths, widths and optimizers are drawn for each model, as in the paper; its ranges are wider (up to
    # 8 dense and 5 recurrent layers, with SGD too) and take more epochs.
    model:
      kind: rmdl
      models: 3
      networks: [dnn, textcnn, bilstm]
      vote: majority
      optimizers: [adam, rmsprop]
      dropouts: [0.3, 0.6]
      wordDropout: 0.1
      termLimit: 75000
      denseLayers: [1, 2]
      denseSizes: [128, 512]
      embeddingSize: 100
      embeddingDropout: 0.2
      longestText: 500
      kernelCounts: [2, 4]
      kernelSizes: [1, 2, 3, 4, 5]
      convolutionLayers: [1, 1]
      channelCounts: [128, 256]
      cells: [gru, lstm]
      recurrentLayers: [1, 2]
      recurrentSizes: [64, 128]
    tokenizer:
      kind: word
      vocabularySize: 75000
      minimumFrequency: 2
      lowercases: true
    objective:
      kind: classification
    optimizer:
      kind: adam
      learningRate: 0.001
    training:
      epochs: 20
      sequencesPerBatch: 128
      clipNorm: 5
      earlyStoppingPatience: 4

    """
}
