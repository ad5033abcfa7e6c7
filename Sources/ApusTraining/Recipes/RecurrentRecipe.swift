/// The sizes and settings of a recurrent language model.
public struct RecurrentRecipe: Equatable, Sendable {
  /// The unit, under the names of PyTorch's modules.
  public enum Kind: String, CaseIterable, Sendable {
    case lstm, gru
    case rnnTanh = "rnn_tanh"
    case rnnReLU = "rnn_relu"
  }

  public var kind: Kind
  /// The number of ids; nil takes it from the tokenizer.
  public var vocabularySize: Int?
  /// The size of embeddings; `hiddenSize` unless given.
  public var embeddingSize: Int
  /// Whether embeddings stay as they are.
  public var freezesEmbeddings = false
  /// Units of each layer; where embeddings are tied, the last has as many as they have values.
  public var hiddenSize: Int
  public var layerCount: Int
  /// The tokens of a row in a batch, through which gradients flow.
  public var stepLength: Int
  /// Whether batches have random lengths around `stepLength`, the rate in proportion to them.
  public var drawsLengths = false
  /// The values of a state where an LSTM's outputs are projected; nil for as many as units.
  public var projectedSize: Int?
  /// Whether an LSTM's gates see its memory.
  public var hasPeepholes = false
  /// The share of elements dropped between layers.
  public var dropout = 0.0
  /// The share of the embeddings' elements that are dropped; `dropout` unless given.
  public var inputDropout: Double
  /// The share of the last layer's elements that are dropped; `dropout` unless given.
  public var outputDropout: Double
  /// The share of the vocabulary that a batch does without.
  public var tokenDropout = 0.0
  /// The share of the weights from state to state that are dropped.
  public var weightDropout = 0.0
  /// The share of the values of a state that stay as they were (zoneout).
  public var stateZoneout = 0.0
  /// The same of an LSTM's memory.
  public var memoryZoneout = 0.0
  /// Whether products and an LSTM's memory are normed.
  public var layerNorm = false
  /// Whether a row drops the same channels at every token.
  public var locksDropout = false
  /// What the mean square of the last layer's outputs is multiplied by in the loss.
  public var activationPenalty = 0.0
  /// What the mean squared change of the last layer's state is multiplied by in the loss.
  public var changePenalty = 0.0
  /// Whether the projection onto the vocabulary is the embedding table.
  public var tiedEmbeddings = false
  /// The first token of each cluster of an adaptive softmax, rising; empty for a softmax over all.
  public var cutoffs: [Int] = []
  /// First values are drawn evenly up to this size; nil stands for PyTorch's.
  public var initializerRange: Double?

  public init(kind: Kind, hiddenSize: Int, layerCount: Int, stepLength: Int) {
    self.kind = kind
    self.hiddenSize = hiddenSize
    self.layerCount = layerCount
    self.stepLength = stepLength
    embeddingSize = hiddenSize
    (inputDropout, outputDropout) = (dropout, dropout)
  }
}

extension RecurrentRecipe: ModelSection {
  static let fields: [RecipeField<RecurrentRecipe>] = [
    .choice("kind", \.kind),
    .integer("vocabularySize", \.vocabularySize, 2...16_777_216),
    .integer("embeddingSize", \.embeddingSize, 1...65_536),
    .flag("freezeEmbeddings", \.freezesEmbeddings),
    .integer("hiddenSize", \.hiddenSize, 1...65_536),
    .integer("layerCount", \.layerCount, 1...1024),
    .integer("stepLength", \.stepLength, 1...1_048_576),
    .flag("drawsLengths", \.drawsLengths),
    .integer("projectedSize", \.projectedSize, 1...65_536).when { $0.kind == .lstm },
    .flag("hasPeepholes", \.hasPeepholes).when { $0.kind == .lstm },
    .number("dropout", \.dropout, 0...0.99),
    .number("inputDropout", \.inputDropout, 0...0.99),
    .number("outputDropout", \.outputDropout, 0...0.99),
    .number("tokenDropout", \.tokenDropout, 0...0.99),
    .number("weightDropout", \.weightDropout, 0...0.99),
    .number("stateZoneout", \.stateZoneout, 0...0.99),
    .number("memoryZoneout", \.memoryZoneout, 0...0.99).when { $0.kind == .lstm },
    .flag("layerNorm", \.layerNorm),
    .flag("locksDropout", \.locksDropout),
    .number("activationPenalty", \.activationPenalty, 0...1000),
    .number("changePenalty", \.changePenalty, 0...1000),
    .flag("tiedEmbeddings", \.tiedEmbeddings),
    .integers("cutoffs", \.cutoffs, 1...16_777_215, count: 0...64),
    .number("initializerRange", \.initializerRange, 0...10),
  ]

  static var kinds: [String] { Kind.allCases.map(\.rawValue) }

  init() {
    self.init(kind: .lstm, hiddenSize: 0, layerCount: 0, stepLength: 0)
    (inputDropout, outputDropout) = (.nan, .nan)
  }

  mutating func complete() {
    if embeddingSize == 0 { embeddingSize = hiddenSize }
    if inputDropout.isNaN { inputDropout = dropout }
    if outputDropout.isNaN { outputDropout = dropout }
  }

  func checkTogether() throws(RecipeProblem) {
    if let projectedSize, projectedSize > hiddenSize {
      throw RecipeProblem(
        path: ["projectedSize"], expected: "to be at most hiddenSize \(hiddenSize)",
        found: "\(projectedSize)")
    }
    guard zip([0] + cutoffs, cutoffs).allSatisfy(<), cutoffs.isEmpty || !tiedEmbeddings else {
      throw RecipeProblem(
        path: ["cutoffs"], expected: "as rising token ids, without tiedEmbeddings",
        found: "\(cutoffs)\(tiedEmbeddings ? " with tied embeddings" : "")")
    }
    guard !tiedEmbeddings || embeddingSize == projectedSize ?? embeddingSize else {
      throw RecipeProblem(
        path: ["projectedSize"],
        expected: "to be embeddingSize \(embeddingSize), as embeddings are tied",
        found: "\(projectedSize ?? 0)")
    }
  }

  var kindName: String { kind.rawValue }
  var objective: ObjectiveRecipe.Kind { .causal }
  var longestSequence: Int? { stepLength }
  static var longestSequenceKey: String { "stepLength" }

  func parameterCount(vocabularySize: Int) -> Double {
    configuration(vocabularySize: self.vocabularySize ?? vocabularySize).parameterCount
  }

  func cost(_ setting: CostSetting) -> TokenCost {
    let config = configuration(vocabularySize: setting.vocabularySize)
    let tables = Double(setting.vocabularySize) * Double(embeddingSize + 1)
    // Of the tables a token reads a row; every other weight is multiplied with once forward and
    // twice backward. A unit keeps its sums, its memory and its state.
    let head = tiedEmbeddings ? tables : 0
    let kept = Double(layerCount * hiddenSize * (config.cell.sumCount + 2))
    return TokenCost(
      operations: 6 * (config.parameterCount - tables + head),
      activationBytes: kept * (setting.usesBFloat16 ? 3 : 4))
  }
}
