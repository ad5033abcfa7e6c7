extension Recipe {
  static let tagger = """
    name: tagger
    summary: An LSTM over words and their characters with a CRF; entities, slots, parts of speech.
    # The sizes of Lample et al. 2016.
    model:
      kind: tagger
      scheme: IOBES
      wordSize: 100
      characterSize: 25
      spellingSize: 25
      casingSize: 10
      hiddenSize: 100
      dropout: 0.5
      unknownRate: 0.5
    objective:
      kind: tagging
    optimizer:
      kind: adam
      learningRate: 0.002
    schedule:
      kind: linear
    training:
      epochs: 30
      sequencesPerBatch: 16
      clipNorm: 5
      precision: fp32

    """
}
