import ApusText

/// The sizes and settings of a recurrent tagger.
///
/// Words, characters and tags are those of the training data.
public struct TaggerRecipe: Equatable, Sendable {
  public enum Kind: String, CaseIterable, Sendable { case tagger }

  public var kind = Kind.tagger
  /// The scheme that tags of entities are brought into; others stay as they are.
  public var scheme = TagScheme.iobes
  /// The size of a word's own vector.
  public var wordSize = 0
  /// The size of a character's vector; 0 for a model that does not look at characters.
  public var characterSize = 25
  /// Units of the network over characters, in each direction.
  public var spellingSize = 25
  /// The size of the vector of what a word's letters look like; 0 for none.
  public var casingSize = 0
  /// Units of each layer over words, in each direction.
  public var hiddenSize = 0
  public var layerCount = 1
  /// The probability of dropping a value before and behind the layers over words.
  public var dropout = 0.5
  /// The probability of taking a word that the training data have once for an unknown one.
  public var unknownRate = 0.5
  /// Whether the tags of a sentence are chosen together, by a conditional random field.
  public var crf = true

  public init(wordSize: Int, hiddenSize: Int) {
    self.wordSize = wordSize
    self.hiddenSize = hiddenSize
  }
}

extension TaggerRecipe: RecipeSection {
  static let fields: [RecipeField<TaggerRecipe>] = [
    .choice("kind", \.kind),
    .choice("scheme", \.scheme),
    .integer("wordSize", \.wordSize, 1...65_536),
    .integer("characterSize", \.characterSize, 0...65_536),
    .integer("spellingSize", \.spellingSize, 1...65_536),
    .integer("casingSize", \.casingSize, 0...65_536),
    .integer("hiddenSize", \.hiddenSize, 1...65_536),
    .integer("layerCount", \.layerCount, 1...1024),
    .number("dropout", \.dropout, 0...0.99),
    .number("unknownRate", \.unknownRate, 0...0.99),
    .flag("crf", \.crf),
  ]

  init() { self.init(wordSize: 0, hiddenSize: 0) }
}

extension TaggerRecipe: ModelSection {
  static var kinds: [String] { Kind.allCases.map(\.rawValue) }

  var kindName: String { kind.rawValue }
  var objective: ObjectiveRecipe.Kind { .tagging }
  var vocabularySize: Int? { nil }
  var longestSequence: Int? { nil }

  /// Those of the tags, which only the data tell, are left out.
  func parameterCount(vocabularySize: Int) -> Double {
    Double(vocabularySize) * Double(wordSize) + layerWeightCount(words: true)
      + layerWeightCount(words: false)
  }

  func cost(_ setting: CostSetting) -> TokenCost {
    // A word has about five characters; each weight is multiplied with once forward and twice back.
    let products = layerWeightCount(words: true) + 5 * layerWeightCount(words: false)
    let values = 14 * Double(hiddenSize * layerCount) + 5 * 14 * Double(spellingSize)
    return TokenCost(
      operations: 6 * products, activationBytes: values * (setting.usesBFloat16 ? 2.4 : 4))
  }

  /// The weights of the LSTMs over words or over characters.
  private func layerWeightCount(words: Bool) -> Double {
    guard words || characterSize > 0 else { return 0 }
    func directions(_ input: Int, _ size: Int) -> Double {
      2 * 4 * Double(size) * (Double(input) + Double(size) + 2)
    }
    guard words else { return directions(characterSize, spellingSize) }
    let input = wordSize + casingSize + (characterSize > 0 ? 2 * spellingSize : 0)
    return directions(input, hiddenSize)
      + Double(layerCount - 1) * directions(2 * hiddenSize, hiddenSize)
  }
}
