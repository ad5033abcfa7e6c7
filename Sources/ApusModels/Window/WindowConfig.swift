import ApusFiles
import ApusLayers

/// The sizes and settings of a fixed-window language model, as its `config.json` has them.
public struct WindowConfig: Sendable, Hashable {
  public static let modelType = "window"

  public var vocabularySize: Int
  /// The tokens that the next one is predicted from: n − 1 for a model of n-grams.
  public var windowLength: Int
  public var embeddingSize: Int
  public var hiddenSize: Int
  /// Whether the projection onto the vocabulary also sees the embeddings themselves.
  public var hasDirectConnections = false
  /// The share of the hidden layer's elements that are dropped.
  public var dropout: Float = 0
  /// First values are drawn evenly up to this size.
  public var initializerRange: Float = 0.1
  /// The ids that each end a text; the first stands where a window reaches beyond the beginning.
  public var ends: [Int] = []

  public init(vocabularySize: Int, windowLength: Int, embeddingSize: Int, hiddenSize: Int) {
    self.vocabularySize = vocabularySize
    self.windowLength = windowLength
    self.embeddingSize = embeddingSize
    self.hiddenSize = hiddenSize
  }

  /// The values of a window's embeddings, one behind the other.
  var inputSize: Int { windowLength * embeddingSize }
  /// The values that the projection onto the vocabulary takes.
  var featureSize: Int { hiddenSize + (hasDirectConnections ? inputSize : 0) }

  /// The number of weights; in Double, so that no sizes overflow.
  public var parameterCount: Double {
    let inputs = Double(windowLength) * Double(embeddingSize)
    let features = Double(hiddenSize) + (hasDirectConnections ? inputs : 0)
    return Double(vocabularySize) * (Double(embeddingSize) + features + 1)
      + Double(hiddenSize) * (inputs + 1)
  }
}

extension WindowConfig {
  /// Reads a `config.json`; absent settings are those of a new configuration.
  ///
  /// - Throws: `InputError` naming the first key with a value that no model can have.
  init(_ json: JSONField) throws {
    let size = ConfigurationLimit.size
    self.init(
      vocabularySize: try json.count(
        "vocab_size", default: nil, limit: ConfigurationLimit.vocabulary),
      windowLength: try json.count("window_length", default: nil, limit: Self.longestWindow),
      embeddingSize: try json.count("embedding_size", default: nil, limit: size),
      hiddenSize: try json.count("hidden_size", default: nil, limit: size))
    hasDirectConnections = try json["direct_connections"].bool(default: false)
    dropout = try json.number("dropout", default: 0, in: ConfigurationLimit.dropout)
    initializerRange = try json.number(
      "initializer_range", default: initializerRange, in: ConfigurationLimit.deviation)
    ends = try json.ids("eos_token_id", below: vocabularySize)
  }

  static let longestWindow = 1024

  /// The `config.json`.
  var json: JSONValue {
    .object([
      ("model_type", .string(Self.modelType)), ("vocab_size", .integer(vocabularySize)),
      ("window_length", .integer(windowLength)), ("embedding_size", .integer(embeddingSize)),
      ("hidden_size", .integer(hiddenSize)),
      ("direct_connections", .bool(hasDirectConnections)), ("dropout", .decimal(dropout)),
      ("initializer_range", .decimal(initializerRange)),
      ("eos_token_id", .array(ends.map { .integer($0) })),
    ])
  }
}
