import ApusModels

/// The sizes and settings of a classifier of texts.
public struct ClassifierRecipe: Equatable, Sendable {
  public enum Kind: String, CaseIterable, Sendable { case textcnn }

  public var kind: Kind
  /// The number of ids; nil takes it from the tokenizer.
  public var vocabularySize: Int?
  public var embeddingSize = 300
  /// The words under the windows of each group of convolutions.
  public var kernelSizes = [3, 4, 5]
  /// The features of each kernel size.
  public var channelCount = 100
  /// The probability of dropping a feature before the classifier.
  public var dropout = 0.5
  /// The probability of dropping an embedded value.
  public var embeddingDropout = 0.0
  /// The probability that a word of a training text counts as unknown, so that unknown words mean
  /// something.
  public var wordDropout = 0.0

  public init(kind: Kind) { self.kind = kind }

  /// The configuration of the model.
  func configuration(vocabularySize: Int, labels: [String]) -> TextCNNConfig {
    var config = TextCNNConfig(
      vocabularySize: self.vocabularySize ?? vocabularySize, labels: labels)
    config.embeddingSize = embeddingSize
    config.kernelSizes = kernelSizes
    config.channelCount = channelCount
    config.dropout = Float(dropout)
    config.embeddingDropout = Float(embeddingDropout)
    return config
  }
}

extension ClassifierRecipe: RecipeSection {
  static let fields: [RecipeField<ClassifierRecipe>] = [
    .choice("kind", \.kind),
    .integer("vocabularySize", \.vocabularySize, 2...16_777_216),
    .integer("embeddingSize", \.embeddingSize, 1...65_536),
    .integers("kernelSizes", \.kernelSizes, 1...64),
    .integer("channelCount", \.channelCount, 1...65_536),
    .number("dropout", \.dropout, 0...0.99),
    .number("embeddingDropout", \.embeddingDropout, 0...0.99),
    .number("wordDropout", \.wordDropout, 0...0.99),
  ]

  init() { self.init(kind: .textcnn) }
}

extension ClassifierRecipe: ModelSection {
  static var kinds: [String] { Kind.allCases.map(\.rawValue) }

  var kindName: String { kind.rawValue }
  var objective: ObjectiveRecipe.Kind { .classification }
  var longestSequence: Int? { nil }

  /// The labels, which the recipe does not know, count as two.
  func parameterCount(vocabularySize: Int) -> Double {
    configuration(vocabularySize: vocabularySize, labels: ["", ""]).parameterCount
  }

  func cost(_ setting: CostSetting) -> TokenCost {
    let (size, channels) = (Double(embeddingSize), Double(channelCount))
    let taps = Double(kernelSizes.reduce(0, +))
    // Forward, and two gradients; unfolded values are made again on the way back.
    return TokenCost(
      operations: 6 * size * channels * taps,
      activationBytes: 4 * (2 * size + channels * Double(kernelSizes.count)))
  }
}
