extension Recipe {
  static let seq2seq = """
    name: seq2seq
    summary: An LSTM encoder and decoder with attention, for pairs of lines of words.
    # Luong et al. 2015, smaller: general attention without input feeding, words of the lines as they are.
    model:
      kind: seq2seq
      embeddingSize: 128
      hiddenSize: 256
      decoder: attention
      attention: general
      dropout: 0.3
    tokenizer:
      kind: word
      splitsAtWhitespace: true
      vocabularySize: 10000
    objective:
      kind: translation
      best: bleu
    optimizer:
      kind: adam
      learningRate: 0.002
    schedule:
      kind: linear
      finalRate: 0.00002
    training:
      epochs: 12
      sequencesPerBatch: 64
      clipNorm: 5

    """

  static let graphemeToPhoneme = """
    name: g2p
    summary: Letters to phones, an LSTM encoder and decoder with attention.
    # A line of --source is a word, one of --target its phones with blanks between them.
    model:
      kind: seq2seq
      embeddingSize: 128
      hiddenSize: 256
      encoderLayerCount: 2
      decoderLayerCount: 1
      decoder: attention
      attention: general
      dropout: 0.3
      targetUnit: phone
    tokenizer:
      kind: character
    targetTokenizer:
      kind: word
      splitsAtWhitespace: true
    objective:
      kind: translation
      labelSmoothing: 0.1
      best: exactMatch
    optimizer:
      kind: adam
      learningRate: 0.002
    schedule:
      kind: linear
      warmupSteps: 200
      finalRate: 0.00002
    training:
      epochs: 12
      sequencesPerBatch: 128
      clipNorm: 5

    """

  static let translationLSTM = """
    name: translation-lstm
    summary: An LSTM encoder and decoder with attention, for pairs of sentences.
    # Luong et al. 2015 for small corpora such as Multi30k: one layer of 512, tokens of both languages together.
    model:
      kind: seq2seq
      embeddingSize: 256
      hiddenSize: 512
      encoderLayerCount: 1
      decoderLayerCount: 1
      decoder: attention
      attention: general
      dropout: 0.4
      sharesVocabulary: true
    tokenizer:
      kind: bpe
      vocabularySize: 8000
    objective:
      kind: translation
      labelSmoothing: 0.1
      best: bleu
    optimizer:
      kind: adam
      learningRate: 0.001
    schedule:
      kind: linear
      warmupSteps: 200
      finalRate: 0.00001
    training:
      epochs: 12
      sequencesPerBatch: 64
      clipNorm: 5

    """

  static let translation = """
    name: translation-transformer
    summary: A Transformer encoder and decoder for pairs of sentences, 3 layers of 256.
    # Of the size that small corpora such as Multi30k bear.
    model:
      kind: encoder-decoder
      hiddenSize: 256
      encoderLayerCount: 3
      decoderLayerCount: 3
      headCount: 4
      intermediateSize: 512
      dropout: 0.3
      normalization: pre
      sharesVocabulary: true
      tiedEmbeddings: true
    tokenizer:
      kind: bpe
      vocabularySize: 8000
    objective:
      kind: translation
      labelSmoothing: 0.1
      best: bleu
    optimizer:
      kind: adam
      learningRate: 0.001
      betas: [0.9, 0.98]
      epsilon: 0.000000001
    schedule:
      kind: linear
      warmupSteps: 1000
      finalRate: 0.00001
    training:
      epochs: 25
      tokensPerBatch: 2048
      clipNorm: 1

    """
}
