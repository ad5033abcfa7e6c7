extension Recipe {
  // Window, negatives, sampling and rates are those of the authors' program (word2vec 0.1c), the
  // dimension that of the peers in Tests/Peers.

  static let skipgram = wordVectors(
    name: "skipgram", summary: "Vectors of words by skip-gram with negative samples.",
    sizes: [
      "kind: skipgram", "dimension: 100", "window: 5", "negatives: 5", "subsampling: 0.001",
    ],
    optimizer: "sgd", learningRate: "0.025", schedule: linear, epochs: 5)

  static let cbow = wordVectors(
    name: "cbow", summary: "Vectors of words from the mean of those around each.",
    sizes: ["kind: cbow", "dimension: 100", "window: 5", "negatives: 5", "subsampling: 0.001"],
    optimizer: "sgd", learningRate: "0.05", schedule: linear, epochs: 5)

  // Bojanowski et al. 2017, §4.3: parts of 3 to 6 characters.
  static let fastText = wordVectors(
    name: "fasttext", summary: "Skip-gram with vectors of parts of words, for unseen words too.",
    sizes: [
      "kind: skipgram", "dimension: 100", "window: 5", "negatives: 5", "subsampling: 0.0001",
      "minimumSubwordLength: 3", "maximumSubwordLength: 6", "buckets: 200000",
    ],
    optimizer: "sgd", learningRate: "0.05", schedule: linear, epochs: 5)

  // Pennington et al. 2014, §4.2; the window is that of their program.
  static let glove = wordVectors(
    name: "glove", summary: "Vectors of words from how often words stand together (GloVe).",
    sizes: [
      "kind: glove", "dimension: 100", "window: 15", "countLimit: 100", "countPower: 0.75",
    ],
    optimizer: "adagrad", learningRate: "0.05", schedule: "kind: constant", epochs: 25)

  private static let linear = "kind: linear, finalRate: 0.0001"

  private static func wordVectors(
    name: String, summary: String, sizes: [String], optimizer: String, learningRate: String,
    schedule: String, epochs: Int
  ) -> String {
    """
    name: \(name)
    summary: "\(summary)"
    model:
      \(sizes.joined(separator: "\n  "))
    tokenizer:
      kind: word
      vocabularySize: 1000000
      minimumFrequency: 5
      lowercases: true
    data:
      documents: lines
      validationFraction: 0
      endOfText: false
    objective:
      kind: contexts
    optimizer:
      kind: \(optimizer)
      learningRate: \(learningRate)
    schedule:
      \(schedule.split(separator: ", ").joined(separator: "\n  "))
    training:
      epochs: \(epochs)
      # Words that are learnt from between two lines of the log; pairs for GloVe.
      tokensPerBatch: 1000000

    """
  }
}
