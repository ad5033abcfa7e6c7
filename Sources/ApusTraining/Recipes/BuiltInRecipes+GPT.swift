extension Recipe {
  static let gptChar = """
    name: gpt-char
    summary: A GPT on characters, 4 layers of 128; minutes on a laptop.
    # The small setting of nanoGPT's character-level Shakespeare.
    model:
      kind: gpt
      hiddenSize: 128
      layerCount: 4
      headCount: 4
      contextLength: 64
      dropout: 0
    tokenizer:
      kind: character
    data:
      documents: files
      validationFraction: 0.1
      endOfText: false
    objective:
      kind: causal
    optimizer:
      kind: adamw
      learningRate: 0.002
      betas: [0.9, 0.99]
      weightDecay: 0.1
    schedule:
      kind: cosine
      warmupSteps: 100
      finalRate: 0.0001
    training:
      steps: 2000
      sequencesPerBatch: 12
      clipNorm: 1
      validateEvery: 250
      checkpointEvery: 250
      seed: 1337

    """

  static let gptMini = """
    name: gpt-mini
    summary: A GPT on byte pairs, 4 layers of 256, for corpora of a few megabytes.
    model:
      kind: gpt
      hiddenSize: 256
      layerCount: 4
      headCount: 4
      contextLength: 128
      # A few megabytes are read several times over, so that forgetting helps.
      dropout: 0.2
    tokenizer:
      kind: bpe
      vocabularySize: 8192
    data:
      documents: automatic
      validationFraction: 0.05
    objective:
      kind: causal
    optimizer:
      kind: adamw
      learningRate: 0.002
      betas: [0.9, 0.99]
      weightDecay: 0.1
    schedule:
      kind: cosine
      warmupSteps: 100
      finalRate: 0.00001
    training:
      steps: 3000
      sequencesPerBatch: 16
      clipNorm: 1
      validateEvery: 250
      checkpointEvery: 250

    """

  static let gpt2Small = """
    name: gpt2-124m
    summary: GPT-2 with 124 million parameters, 12 layers of 768.
    # Sizes and dropout: Radford et al. 2019. They leave the optimization open; it is that of the
    # 125 million parameter model of Brown et al. 2020 (appendix B, table 2.1), half a million
    # tokens a step.
    model:
      kind: gpt
      vocabularySize: 50257
      hiddenSize: 768
      layerCount: 12
      headCount: 12
      contextLength: 1024
      dropout: 0.1
    tokenizer:
      kind: bpe
      vocabularySize: 50257
    data:
      documents: automatic
      validationFraction: 0.005
    objective:
      kind: causal
    optimizer:
      kind: adamw
      learningRate: 0.0006
      betas: [0.9, 0.95]
      weightDecay: 0.1
    schedule:
      kind: cosine
      warmupSteps: 715
      finalRate: 0.00006
    training:
      steps: 572000
      sequencesPerBatch: 8
      accumulation: 64
      clipNorm: 1
      validateEvery: 1000
      checkpointEvery: 250

    """
}
