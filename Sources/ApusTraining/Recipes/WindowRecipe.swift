import ApusModels

/// The sizes and settings of a fixed-window language model.
public struct WindowRecipe: Equatable, Sendable {
  public enum Kind: String, CaseIterable, Sendable {
    case window
  }

  public var kind = Kind.window
  /// The number of ids; nil takes it from the tokenizer.
  public var vocabularySize: Int?
  /// The tokens that the next one is predicted from.
  public var windowLength: Int
  public var embeddingSize: Int
  public var hiddenSize: Int
  /// The tokens of a row in a batch.
  public var stepLength: Int
  /// Whether the projection onto the vocabulary also sees the embeddings themselves.
  public var hasDirectConnections = false
  /// The share of the hidden layer's elements that are dropped.
  public var dropout = 0.0
  /// First values are drawn evenly up to this size.
  public var initializerRange = 0.1

  public init(windowLength: Int, embeddingSize: Int, hiddenSize: Int, stepLength: Int) {
    self.windowLength = windowLength
    self.embeddingSize = embeddingSize
    self.hiddenSize = hiddenSize
    self.stepLength = stepLength
  }

  /// The configuration of the model for a vocabulary.
  ///
  /// - Parameters:
  ///   - vocabularySize: The number of ids.
  ///   - endOfText: The id that ends a text, if there is one.
  /// - Returns: The configuration.
  public func configuration(vocabularySize: Int, endOfText: Int? = nil) -> WindowConfig {
    var config = WindowConfig(
      vocabularySize: vocabularySize, windowLength: windowLength, embeddingSize: embeddingSize,
      hiddenSize: hiddenSize)
    config.hasDirectConnections = hasDirectConnections
    config.dropout = Float(dropout)
    config.initializerRange = Float(initializerRange)
    config.ends = endOfText.map { [$0] } ?? []
    return config
  }
}

extension WindowRecipe: ModelSection {
  static let fields: [RecipeField<WindowRecipe>] = [
    .choice("kind", \.kind),
    .integer("vocabularySize", \.vocabularySize, 2...16_777_216),
    .integer("windowLength", \.windowLength, 1...1024),
    .integer("embeddingSize", \.embeddingSize, 1...65_536),
    .integer("hiddenSize", \.hiddenSize, 1...65_536),
    .integer("stepLength", \.stepLength, 1...1_048_576),
    .flag("hasDirectConnections", \.hasDirectConnections),
    .number("dropout", \.dropout, 0...0.99),
    .number("initializerRange", \.initializerRange, 0...10),
  ]

  static var kinds: [String] { Kind.allCases.map(\.rawValue) }

  init() { self.init(windowLength: 0, embeddingSize: 0, hiddenSize: 0, stepLength: 0) }

  var kindName: String { kind.rawValue }
  var objective: ObjectiveRecipe.Kind { .causal }
  var longestSequence: Int? { stepLength }
  static var longestSequenceKey: String { "stepLength" }

  func parameterCount(vocabularySize: Int) -> Double {
    configuration(vocabularySize: self.vocabularySize ?? vocabularySize).parameterCount
  }

  func cost(_ setting: CostSetting) -> TokenCost {
    let config = configuration(vocabularySize: setting.vocabularySize)
    // Of the table a token reads rows; every other weight is multiplied with once forward and twice
    // backward. A token keeps its embeddings and its units.
    let table = Double(setting.vocabularySize) * Double(embeddingSize)
    let kept = Double(windowLength * embeddingSize + 2 * hiddenSize)
    return TokenCost(
      operations: 6 * (config.parameterCount - table),
      activationBytes: kept * (setting.usesBFloat16 ? 3 : 4))
  }
}
