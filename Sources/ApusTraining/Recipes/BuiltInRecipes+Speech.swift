extension Recipe {
  static let deepSpeechMini = """
    name: deepspeech-mini
    summary: A small Deep Speech 2 for digits, commands and other few words.
    model:
      kind: deepspeech2
      channelCounts: [16, 16]
      timeSizes: [5, 5]
      binSizes: [7, 5]
      timeStrides: [2, 1]
      binStrides: [2, 2]
      cell: gru
      hiddenSize: 128
      layerCount: 2
      dropout: 0.1
    features:
      kind: logMel
      sampleRate: 8000
      bandCount: 40
    augmentation:
      speed: 0.1
      frequencyMasks: 1
      frequencyWidth: 8
    objective:
      kind: transcription
    optimizer:
      kind: adamw
      learningRate: 0.002
      weightDecay: 0.01
    schedule:
      kind: cosine
      warmupSteps: 50
      finalRate: 0.00001
    training:
      epochs: 20
      secondsPerBatch: 20
      clipNorm: 5

    """

  static let deepSpeech1 = """
    name: deepspeech1
    summary: Frames with their neighbours, one recurrent layer in both directions.
    # Hannun et al. 2014, with an LSTM in place of a plain recurrent layer, and half as wide.
    model:
      kind: deepspeech1
      contextSize: 9
      hiddenSize: 1024
      cell: lstm
      dropout: 0.05
    features:
      kind: spectrogram
    objective:
      kind: transcription
    optimizer:
      kind: adam
      learningRate: 0.0003
    schedule:
      kind: cosine
      warmupSteps: 200
    training:
      epochs: 30
      secondsPerBatch: 60
      clipNorm: 5

    """

  static let deepSpeech2 = """
    name: deepspeech2
    summary: Convolutions over time and frequency, three GRU layers of 512 in both directions.
    # Amodei et al. 2016, of a size for hundreds of hours.
    model:
      kind: deepspeech2
      channelCounts: [32, 32]
      timeSizes: [11, 11]
      binSizes: [41, 21]
      timeStrides: [2, 1]
      binStrides: [2, 2]
      cell: gru
      hiddenSize: 512
      layerCount: 3
      batchNorm: true
    features:
      kind: spectrogram
    objective:
      kind: transcription
    optimizer:
      kind: adamw
      learningRate: 0.0005
      weightDecay: 0.00001
    schedule:
      kind: cosine
      warmupSteps: 500
    training:
      epochs: 30
      secondsPerBatch: 60
      clipNorm: 50

    """

  static let deepSpeech2Streaming = """
    name: deepspeech2-streaming
    summary: A Deep Speech 2 that goes forward alone, for streams; it hears 0.55 s ahead.
    # Amodei et al. 2016, §3.7; features are normalised by the seconds before, not over the utterance.
    model:
      kind: deepspeech2
      channelCounts: [32, 32]
      timeSizes: [11, 11]
      binSizes: [41, 21]
      timeStrides: [2, 1]
      binStrides: [2, 2]
      cell: gru
      hiddenSize: 768
      layerCount: 3
      bidirectional: false
      batchNorm: true
      lookahead: 20
    features:
      kind: spectrogram
      normalization: streaming
    objective:
      kind: transcription
    optimizer:
      kind: adamw
      learningRate: 0.0005
      weightDecay: 0.00001
    schedule:
      kind: cosine
      warmupSteps: 500
    training:
      epochs: 30
      secondsPerBatch: 60
      clipNorm: 50

    """

  static let speechTransformer = """
    name: speech-transformer
    summary: Convolutions and a Transformer encoder of 6 layers of 256.
    model:
      kind: speech-transformer
      hiddenSize: 256
      layerCount: 6
      headCount: 4
      intermediateSize: 1024
      dropout: 0.1
    features:
      kind: logMel
    objective:
      kind: transcription
    optimizer:
      kind: adamw
      learningRate: 0.001
      betas: [0.9, 0.98]
      weightDecay: 0.01
    schedule:
      kind: inverseSquareRoot
      warmupSteps: 1000
    training:
      epochs: 60
      secondsPerBatch: 120
      clipNorm: 1

    """

  static let wav2vec2 = """
    name: wav2vec2-ctc
    summary: A pretrained wav2vec 2.0 (--encoder) fine-tuned with a new head.
    # Baevski et al. 2020, appendix B; the convolutions over samples stay as they are.
    model:
      kind: wav2vec2
      dropout: 0.1
      attentionDropout: 0.1
    features:
      kind: waveform
    objective:
      kind: transcription
    optimizer:
      kind: adam
      learningRate: 0.00003
      betas: [0.9, 0.98]
    schedule:
      kind: linear
      warmupSteps: 200
    training:
      epochs: 20
      secondsPerBatch: 30
      accumulation: 4
      clipNorm: 1

    """

  static let crnn = """
    name: crnn
    summary: Convolutions and two LSTM layers that read images of lines of writing.
    # Shi et al. 2017, smaller: a column of the image is a frame, half of them are left at the end.
    model:
      kind: deepspeech2
      channelCounts: [32, 64, 64]
      timeSizes: [3, 3, 3]
      binSizes: [3, 3, 3]
      timeStrides: [2, 1, 1]
      binStrides: [2, 2, 2]
      cell: lstm
      hiddenSize: 128
      layerCount: 2
      batchNorm: false
    features:
      kind: image
      imageHeight: 32
    objective:
      kind: transcription
      lowercases: false
    optimizer:
      kind: adam
      learningRate: 0.001
    schedule:
      kind: cosine
      warmupSteps: 50
    training:
      epochs: 20
      sequencesPerBatch: 16
      clipNorm: 5

    """
}
