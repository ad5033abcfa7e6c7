import ApusFiles
import ApusLayers
import ApusTensors

/// The sizes and settings of a BERT, read from and written to the `config.json` of Hugging Face's
/// `BertConfig`.
///
/// The defaults are those of BERT-Base (Devlin et al. 2019).
public struct BERTConfig: Sendable, Hashable {
  public var vocabularySize = 30_522
  public var contextLength = 512
  public var segmentCount = 2
  public var hiddenSize = 768
  public var layerCount = 12
  public var headCount = 12
  public var intermediateSize = 3072
  public var activation = Activation.gelu
  /// After the embeddings and after the layers of each block.
  public var dropout: Float = 0.1
  /// Of attention probabilities.
  public var attentionDropout: Float = 0.1
  public var layerNormEpsilon: Float = 1e-12
  /// The standard deviation of the first weights.
  public var initializerRange: Float = 0.02
  public var positions = PositionKind.learned
  public var normPlacement = NormPlacement.post
  /// Whether the projection onto the vocabulary is the embedding table.
  public var tiedEmbeddings = true
  /// The id that other libraries pad with.
  public var padding: Int?

  public init() {}

  public init(
    vocabularySize: Int, contextLength: Int, hiddenSize: Int, layerCount: Int, headCount: Int
  ) {
    self.vocabularySize = vocabularySize
    self.contextLength = contextLength
    self.hiddenSize = hiddenSize
    self.layerCount = layerCount
    self.headCount = headCount
    intermediateSize = 4 * hiddenSize
  }

  /// The number of weights with both pretraining heads; in Double, so that no sizes overflow.
  public var parameterCount: Double {
    let size = Double(hiddenSize)
    let vocabulary = Double(vocabularySize)
    let positionRows = positions == .learned ? Double(contextLength) : 0
    let embeddings = (vocabulary + positionRows + Double(segmentCount) + 2) * size
    let finalNorm = normPlacement == .pre ? 2 * size : 0
    let pooler = size * (size + 1)
    let transform = size * (size + 1) + 2 * size
    let decoder = (tiedEmbeddings ? 0 : vocabulary * size) + vocabulary
    let next = 2 * (size + 1)
    return embeddings + sizes.blockParameterCount + finalNorm + pooler + transform + decoder + next
  }

  private var sizes: TransformerSizes {
    TransformerSizes(
      hiddenSize: hiddenSize, layerCount: layerCount, headCount: headCount,
      intermediateSize: intermediateSize, contextLength: contextLength, positions: positions)
  }
}

extension BERTConfig {
  /// Reads a `config.json`; keys that do not concern the model are passed over.
  ///
  /// - Throws: `InputError` naming the first key with a value that no model can have, or one of a
  ///   variant that Apus does not have.
  public init(_ json: JSONField) throws {
    vocabularySize = try json.count(
      "vocab_size", default: vocabularySize, limit: ConfigurationLimit.vocabulary)
    contextLength = try json.count(
      "max_position_embeddings", default: contextLength, limit: ConfigurationLimit.positions)
    segmentCount = try json.count(
      "type_vocab_size", default: segmentCount, limit: ConfigurationLimit.size)
    hiddenSize = try json.count("hidden_size", default: hiddenSize, limit: ConfigurationLimit.size)
    layerCount = try json.count(
      "num_hidden_layers", default: layerCount, limit: ConfigurationLimit.layers)
    headCount = try json.count("num_attention_heads", default: headCount, limit: hiddenSize)
    intermediateSize = try json.count(
      "intermediate_size", default: intermediateSize, limit: 16 * ConfigurationLimit.size)
    activation = try json.choice("hidden_act", default: activation)
    dropout = try json.number(
      "hidden_dropout_prob", default: dropout, in: ConfigurationLimit.dropout)
    attentionDropout = try json.number(
      "attention_probs_dropout_prob", default: attentionDropout, in: ConfigurationLimit.dropout)
    layerNormEpsilon = try json.number(
      "layer_norm_eps", default: layerNormEpsilon, in: ConfigurationLimit.epsilon)
    initializerRange = try json.number(
      "initializer_range", default: initializerRange, in: ConfigurationLimit.deviation)
    positions = try json.choice(ConfigurationKey.positions, default: positions)
    normPlacement = try json.choice(ConfigurationKey.normPlacement, default: normPlacement)
    tiedEmbeddings = try json["tie_word_embeddings"].bool(default: tiedEmbeddings)
    padding = try json.optionalID("pad_token_id", below: vocabularySize)
    let kind = json["position_embedding_type"]
    guard try kind.optionalString() ?? "absolute" == "absolute" else {
      throw kind.error(expected: "\"absolute\"")
    }
    try json.require("is_decoder", toBe: false)
    try json.require("add_cross_attention", toBe: false)
    try sizes.check(json, sizeKey: "hidden_size")
  }

  /// The `config.json` that transformers reads.
  public var json: JSONValue {
    var members: [(key: String, value: JSONValue)] = [
      ("architectures", .array([.string("BertForPreTraining")])),
      ("model_type", .string("bert")),
      ("vocab_size", .integer(vocabularySize)),
      ("max_position_embeddings", .integer(contextLength)),
      ("type_vocab_size", .integer(segmentCount)),
      ("hidden_size", .integer(hiddenSize)),
      ("num_hidden_layers", .integer(layerCount)),
      ("num_attention_heads", .integer(headCount)),
      ("intermediate_size", .integer(intermediateSize)),
      ("hidden_act", .string(activation.rawValue)),
      ("hidden_dropout_prob", .decimal(dropout)),
      ("attention_probs_dropout_prob", .decimal(attentionDropout)),
      ("layer_norm_eps", .decimal(layerNormEpsilon)),
      ("initializer_range", .decimal(initializerRange)),
      ("tie_word_embeddings", .bool(tiedEmbeddings)),
      ("pad_token_id", padding.map { .integer($0) } ?? .null),
      ("dtype", .string("float32")),
    ]
    if positions != .learned {
      members.append((ConfigurationKey.positions, .string(positions.rawValue)))
    }
    if normPlacement != .post {
      members.append((ConfigurationKey.normPlacement, .string(normPlacement.rawValue)))
    }
    return .object(members)
  }
}
