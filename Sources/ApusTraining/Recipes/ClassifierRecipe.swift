import ApusModels
import ApusTensors
import ApusText

/// The sizes and settings of a classifier of texts.
public struct ClassifierRecipe: Equatable, Sendable {
  public enum Kind: String, CaseIterable, Sendable { case textcnn, bilstm, dnn }

  /// The recurrent layers of a `bilstm`.
  public enum Cell: String, CaseIterable, Sendable {
    case lstm, gru

    var network: RecurrentCell { self == .lstm ? .lstm : .gru }
  }

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
  public var cell = Cell.lstm
  /// Units of each layer; of a recurrent one, in each direction.
  public var hiddenSize = 150
  public var layerCount = 1
  /// How the states of words become one vector.
  public var pooling = RecurrentPooling.max
  /// Whether dense layers have batch norm.
  public var batchNorm = false
  /// The most words that are read of a text; nil for all.
  public var longestText: Int?
  /// The most terms, the most frequent ones.
  public var termLimit = 75_000
  /// The most words of a term.
  public var termWords = 1
  /// What terms are chosen by if there are more than the limit.
  public var termCriterion = TermSelection.Criterion.frequency
  /// Terms of fewer texts are left out.
  public var termMinimumTexts = 1
  /// The probability of dropping a feature before the classifier, or a value between layers.
  public var dropout = 0.5
  /// The probability of dropping an embedded value.
  public var embeddingDropout = 0.0
  /// The probability that a word of a training text counts as unknown, so that unknown words mean
  /// something; or that a term is dropped.
  public var wordDropout = 0.0
  /// What the length of each label's row of the last layer is held within; nil for no bound.
  public var maxNorm: Double?

  public init(kind: Kind) {
    self.kind = kind
    setStandards()
  }

  /// The configuration of the model.
  func configuration(vocabularySize: Int, labels: [String]) -> ClassifierConfig {
    var config = ClassifierConfig(
      network, vocabularySize: self.vocabularySize ?? vocabularySize, labels: labels)
    config.embeddingSize = embeddingSize
    config.dropout = Float(dropout)
    config.embeddingDropout = Float(kind == .dnn ? wordDropout : embeddingDropout)
    config.longestText = longestText
    return config
  }

  /// What the terms of texts are.
  var terms: TermOptions {
    var options = TermOptions()
    options.wordCounts = 1...termWords
    return options
  }

  var termSelection: TermSelection {
    var selection = TermSelection(limit: termLimit)
    selection.criterion = termCriterion
    selection.minimumTextCount = termMinimumTexts
    return selection
  }

  private var network: ClassifierConfig.Network {
    switch kind {
    case .textcnn:
      .convolutions(
        kernelSizes: kernelSizes, channelCount: channelCount, layerCount: layerCount)
    case .bilstm:
      .recurrent(cell.network, size: hiddenSize, layerCount: layerCount, pooling: pooling)
    case .dnn: .dense(size: hiddenSize, layerCount: layerCount, isNormalized: batchNorm)
    }
  }
}

extension ClassifierRecipe: RecipeSection {
  static let fields: [RecipeField<ClassifierRecipe>] = [
    .choice("kind", \.kind),
    .integer("vocabularySize", \.vocabularySize, 2...16_777_216).when { $0.kind != .dnn },
    .integer("embeddingSize", \.embeddingSize, 1...65_536).when { $0.kind != .dnn },
    .flag("freezeEmbeddings", \.freezesEmbeddings).when { $0.kind != .dnn },
    .integers("kernelSizes", \.kernelSizes, 1...64).when { $0.kind == .textcnn },
    .integer("channelCount", \.channelCount, 1...65_536).when { $0.kind == .textcnn },
    .choice("cell", \.cell).when { $0.kind == .bilstm },
    .integer("hiddenSize", \.hiddenSize, 1...65_536).when { $0.kind != .textcnn },
    .integer("layerCount", \.layerCount, 1...1024),
    .flag("batchNorm", \.batchNorm).when { $0.kind == .dnn },
    .integer("longestText", \.longestText, 1...16_777_216).when { $0.kind != .dnn },
    .integer("termLimit", \.termLimit, 1...16_777_216).when { $0.kind == .dnn },
    .integer("termWords", \.termWords, 1...16).when { $0.kind == .dnn },
    .choice("termCriterion", \.termCriterion).when { $0.kind == .dnn },
    .integer("termMinimumTexts", \.termMinimumTexts, 1...1_000_000_000).when { $0.kind == .dnn },
    .choice("pooling", \.pooling).when { $0.kind == .bilstm },
    .number("dropout", \.dropout, 0...0.99),
    .number("embeddingDropout", \.embeddingDropout, 0...0.99).when { $0.kind != .dnn },
    .number("wordDropout", \.wordDropout, 0...0.99),
    .number("maxNorm", \.maxNorm, 1e-6...1e6),
  ]

  init() { self.init(kind: .textcnn) }

  mutating func setStandards() { hiddenSize = kind == .dnn ? 512 : 150 }
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
    // keeps its inputs and sums, an LSTM its gates, memory and state. A term meets its row alone.
    let config = configuration(vocabularySize: setting.vocabularySize, labels: ["", ""])
    let kept =
      kind == .textcnn
      ? channelCount * kernelSizes.count * layerCount : 12 * hiddenSize * layerCount
    guard kind != .dnn else {
      return TokenCost(operations: 4 * Double(hiddenSize), activationBytes: 8)
    }
    return TokenCost(
      operations: 6 * config.networkParameterCount,
      activationBytes: 4 * Double(2 * embeddingSize + kept))
  }
}
