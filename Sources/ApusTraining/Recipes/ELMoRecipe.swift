import ApusLayers
import ApusModels

/// The sizes and settings of an `ELMo`.
public struct ELMoRecipe: Equatable, Sendable {
  public enum Kind: String, CaseIterable, Sendable { case elmo }

  public var kind: Kind
  /// The number of words; nil takes it from the tokenizer.
  public var vocabularySize: Int?
  /// The values of an embedded character.
  public var characterSize = 16
  /// The characters of a word, its marks among them.
  public var wordLength = 50
  /// The characters under the windows of each group of convolutions.
  public var filterWidths = [1, 2, 3, 4, 5, 6, 7]
  /// The features of each width.
  public var filterCounts = [32, 32, 64, 128, 256, 512, 1024]
  public var highwayCount = 2
  /// The memory of each layer and direction.
  public var hiddenSize = 4096
  /// The values of a word, and of each direction's state.
  public var projectedSize = 512
  public var layerCount = 2
  /// What memory is held within.
  public var memoryLimit = 3.0
  /// What the values of projected states are held within.
  public var stateLimit = 3.0
  /// The probability of dropping a value before each layer and the softmax.
  public var dropout = 0.1
  /// The words, drawn by their rank for each batch, that each word is told from in training; nil for
  /// all words of the vocabulary.
  public var sampleCount: Int?

  public init(kind: Kind) { self.kind = kind }

  /// The configuration of the model.
  func configuration(vocabularySize: Int) -> ELMoConfig {
    var config = ELMoConfig(
      vocabularySize: self.vocabularySize ?? vocabularySize,
      filters: zip(filterWidths, filterCounts).map { .init(width: $0, count: $1) },
      size: hiddenSize, projectedSize: projectedSize)
    (config.characterSize, config.wordLength) = (characterSize, wordLength)
    (config.highwayCount, config.layerCount) = (highwayCount, layerCount)
    (config.memoryLimit, config.stateLimit) = (Float(memoryLimit), Float(stateLimit))
    config.dropout = Float(dropout)
    return config
  }
}

extension ELMoRecipe: RecipeSection {
  static let fields: [RecipeField<ELMoRecipe>] = [
    .choice("kind", \.kind),
    .integer("vocabularySize", \.vocabularySize, 2...16_777_216),
    .integer("characterSize", \.characterSize, 1...65_536),
    .integer("wordLength", \.wordLength, 3...65_536),
    .integers("filterWidths", \.filterWidths, 1...64),
    .integers("filterCounts", \.filterCounts, 1...65_536),
    .integer("highwayCount", \.highwayCount, 0...64),
    .integer("hiddenSize", \.hiddenSize, 1...65_536),
    .integer("projectedSize", \.projectedSize, 1...65_536),
    .integer("layerCount", \.layerCount, 1...64),
    .number("memoryLimit", \.memoryLimit, 0.001...1e9),
    .number("stateLimit", \.stateLimit, 0.001...1e9),
    .number("dropout", \.dropout, 0...0.99),
    .integer("sampleCount", \.sampleCount, 1...16_777_215),
  ]

  init() { self.init(kind: .elmo) }

  func checkTogether() throws(RecipeProblem) {
    guard filterWidths.count == filterCounts.count else {
      throw RecipeProblem(
        path: ["filterCounts"], expected: "to be as many as filterWidths, \(filterWidths.count)",
        found: "\(filterCounts.count)")
    }
    guard let widest = filterWidths.max(), widest <= wordLength else {
      throw RecipeProblem(
        path: ["filterWidths"], expected: "to be at most wordLength \(wordLength)",
        found: "\(filterWidths)")
    }
  }
}

extension ELMoRecipe: ModelSection {
  static var kinds: [String] { Kind.allCases.map(\.rawValue) }

  var kindName: String { kind.rawValue }
  var objective: ObjectiveRecipe.Kind { .bidirectional }
  var longestSequence: Int? { nil }

  func parameterCount(vocabularySize: Int) -> Double {
    configuration(vocabularySize: vocabularySize).parameterCount
  }

  /// Characters are left out: each distinct word of a batch is spelt once.
  func cost(_ setting: CostSetting) -> TokenCost {
    let (units, states) = (Double(hiddenSize), Double(projectedSize))
    let layer = 4 * units * 2 * states + states * units
    let layers = 2 * Double(layerCount) * layer
    return TokenCost(
      operations: 6 * (layers + 2 * states * Double(sampleCount ?? setting.vocabularySize)),
      activationBytes: 4 * 2 * Double(layerCount) * (10 * units + 3 * states))
  }
}
