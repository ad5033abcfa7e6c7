import ApusFiles
import ApusModels
import ApusText

/// The sizes and settings of a tagger.
///
/// Words, characters and tags are those of the training data.
public struct TaggerRecipe: Equatable, Sendable {
  public enum Kind: String, CaseIterable, Sendable { case tagger }

  /// What is underneath: the tagger's own layers alone, or a pretrained network with them.
  public enum Encoder: String, CaseIterable, Sendable { case bilstm, elmo, bert, gpt }

  public var kind = Kind.tagger
  /// The scheme that tags of entities are brought into; others stay as they are.
  public var scheme = TagScheme.iobes
  public var encoder = Encoder.bilstm
  /// Whether the pretrained network learns too, or its states are taken as they are.
  public var fineTunesEncoder = false
  /// The size of a word's own vector; 0 for none.
  public var wordSize = 0
  /// Whether words' own vectors stay as they are.
  public var freezesEmbeddings = false
  public var characters = TaggerConfig.Characters.lstm
  /// The size of a character's vector.
  public var characterSize = 25
  /// Units of the network over characters in each direction, or its convolutions.
  public var spellingSize = 25
  /// The size of the vector of what a word's letters look like; 0 for none.
  public var casingSize = 0
  /// Units of each LSTM over words, in each direction.
  public var hiddenSize = 0
  /// The number of LSTMs over words; 0 for a head right behind the vectors.
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

  /// A configuration with these sizes.
  func configuration(_ data: TaggerConfig, _ network: PretrainedConfig?) -> TaggerConfig {
    var config = data
    (config.encoder, config.isFineTuned) = (network, fineTunesEncoder)
    config.wordSize = wordSize
    config.characters = characters
    (config.characterSize, config.spellingSize) = (characterSize, spellingSize)
    config.casingSize = casingSize
    (config.hiddenSize, config.layerCount) = (max(1, hiddenSize), layerCount)
    config.dropout = Float(dropout)
    config.hasChain = crf
    return config
  }

  /// Refuses a network that is none of the recipe's kind, and the lack of one that is asked for.
  func require(_ network: PretrainedNetwork?) throws(InputError) {
    let found: Encoder =
      switch network?.config {
      case nil: .bilstm
      case .elmo: .elmo
      case .transformer(let config): config.isCausal ? .gpt : .bert
      case .classifier, .wordVectors:
        throw InputError(
          file: network?.directory, expected: "an ELMo, BERT or GPT under a tagger",
          found: network?.config.modelType ?? "none")
      }
    guard found != encoder else { return }
    guard encoder != .bilstm else {
      throw InputError(
        file: network?.directory, expected: "a recipe with model.encoder \(found.rawValue)",
        found: encoder.rawValue)
    }
    throw InputError(
      file: network?.directory,
      expected: "a pretrained network as model.encoder \(encoder.rawValue) says",
      found: network == nil ? "none" : found.rawValue)
  }
}

extension TaggerRecipe: RecipeSection {
  static let fields: [RecipeField<TaggerRecipe>] = [
    .choice("kind", \.kind),
    .choice("scheme", \.scheme),
    .choice("encoder", \.encoder),
    .flag("fineTunesEncoder", \.fineTunesEncoder).when { $0.encoder != .bilstm },
    .integer("wordSize", \.wordSize, 0...65_536),
    .flag("freezeEmbeddings", \.freezesEmbeddings).when { $0.wordSize > 0 },
    .choice("characters", \.characters),
    .integer("characterSize", \.characterSize, 1...65_536).when { $0.characters != .none },
    .integer("spellingSize", \.spellingSize, 1...65_536).when { $0.characters != .none },
    .integer("casingSize", \.casingSize, 0...65_536),
    .integer("layerCount", \.layerCount, 0...1024),
    .integer("hiddenSize", \.hiddenSize, 1...65_536).when { $0.layerCount > 0 },
    .number("dropout", \.dropout, 0...0.99),
    .number("unknownRate", \.unknownRate, 0...0.99).when { $0.wordSize > 0 },
    .flag("crf", \.crf),
  ]

  init() { self.init(wordSize: 0, hiddenSize: 0) }

  func checkTogether() throws(RecipeProblem) {
    guard encoder != .bilstm || inputSize > 0 else {
      throw RecipeProblem(
        path: ["wordSize"], expected: "to be above 0 where words have no other vectors",
        found: "\(wordSize)")
    }
  }
}

extension TaggerRecipe: ModelSection {
  static var kinds: [String] { Kind.allCases.map(\.rawValue) }

  var kindName: String { kind.rawValue }
  var objective: ObjectiveRecipe.Kind { .tagging }
  var vocabularySize: Int? { nil }
  var longestSequence: Int? { nil }

  /// Those of the tags, which only the data tell, and of a pretrained network are left out.
  func parameterCount(vocabularySize: Int) -> Double {
    Double(vocabularySize) * Double(wordSize) + wordWeightCount + characterWeightCount
  }

  func cost(_ setting: CostSetting) -> TokenCost {
    // A word has about five characters; each weight is multiplied with once forward and twice back.
    let products = wordWeightCount + 5 * characterWeightCount
    let values = 14 * Double(hiddenSize * layerCount) + 5 * 14 * Double(spellingSize)
    return TokenCost(
      operations: 6 * products, activationBytes: values * (setting.usesBFloat16 ? 2.4 : 4))
  }

  /// The values of a word before the layers over words, without those of a pretrained network.
  private var inputSize: Int {
    let spelling =
      switch characters {
      case .lstm: 2 * spellingSize
      case .cnn: spellingSize
      case .none: 0
      }
    return wordSize + casingSize + spelling
  }

  private var wordWeightCount: Double {
    guard layerCount > 0 else { return 0 }
    return Self.lstmWeightCount(inputSize, hiddenSize)
      + Double(layerCount - 1) * Self.lstmWeightCount(2 * hiddenSize, hiddenSize)
  }

  private var characterWeightCount: Double {
    switch characters {
    case .lstm: Self.lstmWeightCount(characterSize, spellingSize)
    case .cnn: Double(spellingSize) * (3 * Double(characterSize) + 1)
    case .none: 0
    }
  }

  /// The weights of an LSTM in both directions.
  private static func lstmWeightCount(_ input: Int, _ size: Int) -> Double {
    2 * 4 * Double(size) * (Double(input) + Double(size) + 2)
  }
}
