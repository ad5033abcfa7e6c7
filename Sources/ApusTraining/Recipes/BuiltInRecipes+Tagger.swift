extension Recipe {
  static let tagger = """
    name: tagger
    summary: An LSTM over words and their characters with a CRF; entities, slots, parts of speech.
    # The sizes of Lample et al. 2016; `characters: cnn` with a spellingSize of 30 is Ma & Hovy's.
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

  static let taggerELMo = """
    name: tagger-elmo
    summary: The tagger with the states of a pretrained ELMo (--encoder) beside its own vectors.
    # Peters et al. 2018: the ELMo stays as it is, the mix of its layers is learnt.
    model:
      kind: tagger
      scheme: IOBES
      encoder: elmo
      wordSize: 100
      characters: cnn
      characterSize: 16
      spellingSize: 64
      hiddenSize: 200
      dropout: 0.5
      unknownRate: 0.5
    objective:
      kind: tagging
    optimizer:
      kind: adam
      learningRate: 0.001
    schedule:
      kind: linear
    training:
      epochs: 20
      sequencesPerBatch: 16
      clipNorm: 5

    """

  static let taggerBERT = """
    name: tagger-bert
    summary: A BERT (--encoder) learns to tag words by the state of the first token of each.
    # Devlin et al. 2019, §5.3, with a CRF in place of the softmax.
    model:
      kind: tagger
      scheme: IOBES
      encoder: bert
      fineTunesEncoder: true
      characters: none
      layerCount: 0
      dropout: 0.1
    objective:
      kind: tagging
    optimizer:
      kind: adamw
      learningRate: 0.00005
    schedule:
      kind: linear
      warmupSteps: 100
    training:
      epochs: 4
      sequencesPerBatch: 16
      clipNorm: 1

    """
}
