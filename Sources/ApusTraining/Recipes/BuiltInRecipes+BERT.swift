extension Recipe {
  // Appendix A.2 of Devlin et al. 2019: 256 sequences of 512 tokens a step, a million steps.
  static let bertBase = bert(
    name: "bert-base", summary: "BERT as published: 12 layers of 768, 110 million parameters.",
    sizes: "hiddenSize: 768, layerCount: 12, headCount: 12, contextLength: 512",
    learningRate: "0.0001", warmupSteps: 10_000, steps: 1_000_000,
    batch: "tokensPerBatch: 8192", accumulation: 16)

  // The smaller sizes are those of Turc et al. 2019. Their step is smaller and their rate higher
  // than in the paper, so that one machine gets through a run in hours.

  static let bertTiny = bert(
    name: "bert-tiny", summary: "The smallest BERT, 2 layers of 128; under an hour on a laptop.",
    sizes: "hiddenSize: 128, layerCount: 2, headCount: 2, contextLength: 128",
    learningRate: "0.001", warmupSteps: 500, steps: 10_000,
    batch: "tokensPerBatch: 4096", accumulation: 1)

  static let bertMini = bert(
    name: "bert-mini", summary: "A BERT of 4 layers of 256, 11 million parameters.",
    sizes: "hiddenSize: 256, layerCount: 4, headCount: 4, contextLength: 128",
    learningRate: "0.0005", warmupSteps: 1000, steps: 50_000,
    batch: "tokensPerBatch: 4096", accumulation: 1)

  static let bertSmall = bert(
    name: "bert-small", summary: "A BERT of 4 layers of 512, 29 million parameters.",
    sizes: "hiddenSize: 512, layerCount: 4, headCount: 8, contextLength: 128",
    learningRate: "0.0003", warmupSteps: 2000, steps: 100_000,
    batch: "tokensPerBatch: 8192", accumulation: 1)

  private static func bert(
    name: String, summary: String, sizes: String, learningRate: String, warmupSteps: Int,
    steps: Int, batch: String, accumulation: Int
  ) -> String {
    let sizes = sizes.split(separator: ", ").joined(separator: "\n  ")
    return """
      name: \(name)
      summary: "\(summary)"
      model:
        kind: bert
        \(sizes)
        dropout: 0.1
      tokenizer:
        kind: wordpiece
        vocabularySize: 30522
      data:
        documents: blank-lines
        validationFraction: 0.01
        endOfText: false
      objective:
        kind: masked
        maskingRate: 0.15
        next: nextSentence
        shortSequenceRate: 0.1
      optimizer:
        kind: adamw
        learningRate: \(learningRate)
        betas: [0.9, 0.999]
        epsilon: 0.000001
        weightDecay: 0.01
      schedule:
        kind: linear
        warmupSteps: \(warmupSteps)
      training:
        steps: \(steps)
        \(batch)
        accumulation: \(accumulation)
        clipNorm: 1
        validateEvery: 1000
        checkpointEvery: 500

      """
  }
}
