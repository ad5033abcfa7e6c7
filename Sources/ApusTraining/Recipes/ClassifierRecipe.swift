import ApusModels

/// The sizes and settings of a classifier of texts.
public struct ClassifierRecipe: Equatable, Sendable {
  public enum Kind: String, CaseIterable, Sendable { case textcnn, bilstm }

  public var kind: Kind
  /// The number of ids; nil takes it from the tokenizer.
  public var vocabularySize: Int?
  public var embeddingSize = 300
  /// Whether words' vectors stay as they are.
  public var freezesEmbeddings = false
  /// The words under the windows of each group of convolutions.
  public var kernelSizes = [3, 4, 5]
  /// The features of each kernel size.
  public var channelCount = 100
  /// Units of each LSTM, in each direction.
  public var hiddenSize = 150
  public var layerCount = 1
  /// How the states of words become one vector.
  public var pooling = RecurrentPooling.max
  /// The probability of dropping a feature before the classifier, or a value between LSTMs.
  public var dropout = 0.5
  /// The probability of dropping an embedded value.
  public var embeddingDropout = 0.0
  /// The probability that a word of a training text counts as unknown, so that unknown words mean
  /// something.
  public var wordDropout = 0.0
  /// What the length of each label's row of the last layer is held within; nil for no bound.
  public var maxNorm: Double?

  public init(kind: Kind) { self.kind = kind }

  /// The configuration of the model.
  func configuration(vocabularySize: Int, labels: [String]) -> ClassifierConfig {
    var config = ClassifierConfig(
      network, vocabularySize: self.vocabularySize ?? vocabularySize, labels: labels)
    config.embeddingSize = embeddingSize
    config.dropout = Float(dropout)
    config.embeddingDropout = Float(embeddingDropout)
    return config
  }

  private var network: ClassifierConfig.Network {
    switch kind {
    case .textcnn: .convolutions(kernelSizes: kernelSizes, channelCount: channelCount)
    case .bilstm: .recurrent(size: hiddenSize, layerCount: layerCount, pooling: pooling)
    }
  }
}

extension ClassifierRecipe: RecipeSection {
  static let fields: [RecipeField<ClassifierRecipe>] = [
    .choice("kind", \.kind),
    .integer("vocabularySize", \.vocabularySize, 2...16_777_216),
    .integer("embeddingSize", \.embeddingSize, 1...65_536),
    .flag("freezeEmbeddings", \.freezesEmbeddings),
    .integers("kernelSizes", \.kernelSizes, 1...64).when { $0.kind == .textcnn },
    .integer("channelCount", \.channelCount, 1...65_536).when { $0.kind == .textcnn },
    .integer("hiddenSize", \.hiddenSize, 1...65_536).when { $0.kind == .bilstm },
    .integer("layerCount", \.layerCount, 1...1024).when { $0.kind == .bilstm },
    .choice("pooling", \.pooling).when { $0.kind == .bilstm },
    .number("dropout", \.dropout, 0...0.99),
    .number("embeddingDropout", \.embeddingDropout, 0...0.99),
    .number("wordDropout", \.wordDropout, 0...0.99),
    .number("maxNorm", \.maxNorm, 1e-6...1e6),
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
    // Every weight of the network meets every word: forward, and in two gradients. A convolution
    // keeps its inputs and sums, an LSTM its gates, memory and state.
    let config = configuration(vocabularySize: setting.vocabularySize, labels: ["", ""])
    let kept =
      switch kind {
      case .textcnn: channelCount * kernelSizes.count
      case .bilstm: 12 * hiddenSize * layerCount
      }
    return TokenCost(
      operations: 6 * config.networkParameterCount,
      activationBytes: 4 * Double(2 * embeddingSize + kept))
  }
}
