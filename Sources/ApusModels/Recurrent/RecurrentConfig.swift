import ApusFiles
import ApusLayers
import ApusTensors

/// The sizes and settings of a recurrent language model, as its `config.json` has them.
///
/// The file's `model_type` is the mode of PyTorch's module: `lstm`, `gru`, `rnn_tanh` or `rnn_relu`.
public struct RecurrentConfig: Sendable, Hashable {
  public var cell: RecurrentCell
  public var vocabularySize: Int
  public var embeddingSize: Int
  /// Units of each layer; where embeddings are tied, the last has as many as they have values.
  public var hiddenSize: Int
  public var layerCount: Int
  /// The values of a state where an LSTM's outputs are projected; nil for as many as units.
  public var projectedSize: Int?
  /// Whether an LSTM's gates see its memory.
  public var hasPeepholes = false
  /// Whether the projection onto the vocabulary is the embedding table.
  public var tiedEmbeddings = false
  /// The first token of each cluster of an adaptive softmax, rising; empty for a softmax over all.
  public var cutoffs: [Int] = []
  /// The share of the embeddings' elements that are dropped.
  public var inputDropout: Float = 0
  /// The share of the elements that are dropped between layers.
  public var hiddenDropout: Float = 0
  /// The share of the last layer's elements that are dropped.
  public var outputDropout: Float = 0
  /// The share of the tokens of the vocabulary that a batch does without.
  public var tokenDropout: Float = 0
  /// The share of the weights from state to state that are dropped.
  public var weightDropout: Float = 0
  /// Whether products and an LSTM's memory are normed.
  public var hasLayerNorm = false
  /// The share of the values of a state that stay as they were.
  public var stateZoneout: Float = 0
  /// The same of an LSTM's memory.
  public var memoryZoneout: Float = 0
  /// Whether a sequence drops the same channels at every element.
  public var locksDropout = false
  /// First values are drawn evenly up to this size; nil stands for PyTorch's 1/√size in recurrent
  /// layers and 0.1 elsewhere.
  public var initializerRange: Float?
  /// The ids that each end a text; the first stands between texts.
  public var ends: [Int] = []

  public init(
    _ cell: RecurrentCell, vocabularySize: Int, embeddingSize: Int, hiddenSize: Int,
    layerCount: Int
  ) {
    self.cell = cell
    self.vocabularySize = vocabularySize
    self.embeddingSize = embeddingSize
    self.hiddenSize = hiddenSize
    self.layerCount = layerCount
  }

  /// The values that the last layer gives for a token.
  public var outputSize: Int {
    projectedSize ?? (tiedEmbeddings ? embeddingSize : hiddenSize)
  }

  /// The recurrent layers.
  public var network: RecurrentOptions {
    var options = RecurrentOptions(
      cell, inputSize: embeddingSize, size: hiddenSize, layerCount: layerCount,
      projectedSize: projectedSize, hasPeepholes: hasPeepholes, dropout: hiddenDropout)
    if projectedSize == nil { options.lastSize = outputSize }
    options.locksDropout = locksDropout
    options.weightDropout = weightDropout
    options.hasLayerNorm = hasLayerNorm
    (options.stateZoneout, options.memoryZoneout) = (stateZoneout, memoryZoneout)
    options.initialRange = initializerRange
    return options
  }

  /// The weights of the projection onto the vocabulary that are not the embeddings'.
  private var headParameterCount: Double {
    let (ids, size) = (Double(vocabularySize), Double(outputSize))
    guard let first = cutoffs.first else { return ids + (tiedEmbeddings ? 0 : ids * size) }
    let bounds = cutoffs + [vocabularySize]
    return AdaptiveSoftmax.projectedSizes(outputSize, clusterCount: cutoffs.count).enumerated()
      .reduce(size * Double(first + cutoffs.count)) { sum, cluster in
        let classes = Double(bounds[cluster.offset + 1] - bounds[cluster.offset])
        return sum + Double(cluster.element) * (size + classes)
      }
  }

  /// The number of weights; in Double, so that no sizes overflow.
  public var parameterCount: Double {
    let layers = (0..<layerCount).map { layer in
      let isLast = layer == layerCount - 1
      let size = Double(isLast && projectedSize == nil ? outputSize : hiddenSize)
      let state = Double(projectedSize ?? Int(size))
      let inputs = Double(layer == 0 ? embeddingSize : projectedSize ?? hiddenSize)
      return Double(cell.sumCount) * size * (inputs + state + 2)
        + (projectedSize == nil ? 0 : size * state) + (hasPeepholes ? 3 * size : 0)
        + (hasLayerNorm ? size * Double(2 * cell.sumCount + (cell == .lstm ? 2 : 0)) : 0)
    }
    return Double(vocabularySize) * Double(embeddingSize) + layers.reduce(0, +)
      + headParameterCount
  }
}

extension RecurrentCell {
  /// The mode of PyTorch's module, which is `model_type` in a `config.json`.
  public var modelType: String {
    switch self {
    case .tanh: "rnn_tanh"
    case .relu: "rnn_relu"
    case .gru: "gru"
    case .lstm: "lstm"
    }
  }
}

extension RecurrentConfig {
  /// Reads a `config.json`; absent rates are 0.
  ///
  /// - Throws: `InputError` naming the first key with a value that no model can have.
  init(_ json: JSONField, _ cell: RecurrentCell) throws {
    let vocabulary = try json.count(
      "vocab_size", default: nil, limit: ConfigurationLimit.vocabulary)
    let size = ConfigurationLimit.size
    self.init(
      cell, vocabularySize: vocabulary,
      embeddingSize: try json.count("embedding_size", default: nil, limit: size),
      hiddenSize: try json.count("hidden_size", default: nil, limit: size),
      layerCount: try json.count("num_layers", default: 1, limit: ConfigurationLimit.layers))
    projectedSize =
      json["proj_size"].isNull ? nil : try json["proj_size"].integer(in: 1...hiddenSize)
    hasPeepholes = try json["peepholes"].bool(default: false)
    hasLayerNorm = try json["layer_norm"].bool(default: false)
    tiedEmbeddings = try json["tie_word_embeddings"].bool(default: false)
    for (key, path) in Self.rates {
      self[keyPath: path] = try json.number(key, default: 0, in: ConfigurationLimit.dropout)
    }
    locksDropout = try json["locked_dropout"].bool(default: false)
    initializerRange =
      json["initializer_range"].isNull
      ? nil : try json.number("initializer_range", default: 0, in: ConfigurationLimit.deviation)
    ends = try json.ids("eos_token_id", below: vocabulary)
    cutoffs = try json.ids("cutoffs", below: vocabulary)
    guard zip([0] + cutoffs, cutoffs).allSatisfy(<) else {
      throw json["cutoffs"].error(expected: "rising token ids above 0")
    }
    guard cutoffs.isEmpty || !tiedEmbeddings else {
      throw json["cutoffs"].error(expected: "none where embeddings are tied")
    }
    guard cell == .lstm || (projectedSize == nil && !hasPeepholes) else {
      throw json["model_type"].error(expected: "lstm for proj_size and peepholes")
    }
    guard cell == .lstm || memoryZoneout == 0 else {
      throw json["memory_zoneout"].error(expected: "none without the memory of an lstm")
    }
    guard !tiedEmbeddings || embeddingSize == outputSize else {
      throw json["embedding_size"].error(
        expected: "the output size \(outputSize), as embeddings are tied")
    }
  }

  /// The `config.json`.
  var json: JSONValue {
    func integer(_ value: Int?) -> JSONValue { value.map { .integer($0) } ?? .null }
    return .object(
      [
        ("model_type", .string(cell.modelType)), ("vocab_size", .integer(vocabularySize)),
        ("embedding_size", .integer(embeddingSize)), ("hidden_size", .integer(hiddenSize)),
        ("num_layers", .integer(layerCount)), ("proj_size", integer(projectedSize)),
        ("peepholes", .bool(hasPeepholes)), ("tie_word_embeddings", .bool(tiedEmbeddings)),
      ] + Self.rates.map { ($0, .decimal(self[keyPath: $1])) } + [
        ("layer_norm", .bool(hasLayerNorm)), ("locked_dropout", .bool(locksDropout)),
        ("cutoffs", .array(cutoffs.map { .integer($0) })),
        ("initializer_range", initializerRange.map { .decimal($0) } ?? .null),
        ("eos_token_id", .array(ends.map { .integer($0) })),
      ])
  }

  private static var rates: [(key: String, path: WritableKeyPath<RecurrentConfig, Float>)] {
    [
      ("input_dropout", \.inputDropout), ("hidden_dropout", \.hiddenDropout),
      ("output_dropout", \.outputDropout), ("token_dropout", \.tokenDropout),
      ("weight_dropout", \.weightDropout), ("state_zoneout", \.stateZoneout),
      ("memory_zoneout", \.memoryZoneout),
    ]
  }
}
