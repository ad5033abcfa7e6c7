import ApusFiles
import ApusLayers
import ApusTensors

/// The sizes and settings of a GPT, read from and written to the `config.json` of Hugging Face's
/// `GPT2Config`.
///
/// The defaults are those of GPT-2 with 124 million weights (Radford et al. 2019).
public struct GPTConfig: Sendable, Hashable {
  public var vocabularySize = 50_257
  public var contextLength = 1024
  public var hiddenSize = 768
  public var layerCount = 12
  public var headCount = 12
  public var intermediateSize = 3072
  public var activation = Activation.geluNew
  /// After the embeddings and after the layers of each block.
  public var dropout: Float = 0.1
  /// Of attention probabilities.
  public var attentionDropout: Float = 0.1
  public var layerNormEpsilon: Float = 1e-5
  /// The standard deviation of the first weights.
  public var initializerRange: Float = 0.02
  public var positions = PositionKind.learned
  public var normPlacement = NormPlacement.pre
  /// Whether the projection onto the vocabulary is the embedding table.
  public var tiedEmbeddings = true
  /// The id that ends a text.
  public var endOfText: Int?

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

  /// The number of weights; in Double, so that no sizes overflow.
  public var parameterCount: Double {
    let size = Double(hiddenSize)
    let tables = Double(vocabularySize) * (tiedEmbeddings ? 1 : 2)
    let positionRows = positions == .learned ? Double(contextLength) : 0
    let finalNorm = normPlacement == .pre ? 2 * size : 0
    return (tables + positionRows) * size + sizes.blockParameterCount + finalNorm
  }

  private var sizes: TransformerSizes {
    TransformerSizes(
      hiddenSize: hiddenSize, layerCount: layerCount, headCount: headCount,
      intermediateSize: intermediateSize, contextLength: contextLength, positions: positions)
  }
}

extension GPTConfig {
  /// Reads a `config.json`; keys that do not concern the model are passed over.
  ///
  /// - Throws: `InputError` naming the first key with a value that no model can have, or one of a
  ///   variant that Apus does not have.
  public init(_ json: JSONField) throws {
    vocabularySize = try json.count(
      "vocab_size", default: vocabularySize, limit: ConfigurationLimit.vocabulary)
    contextLength = try json.count(
      "n_positions", default: contextLength, limit: ConfigurationLimit.positions)
    hiddenSize = try json.count("n_embd", default: hiddenSize, limit: ConfigurationLimit.size)
    layerCount = try json.count("n_layer", default: layerCount, limit: ConfigurationLimit.layers)
    headCount = try json.count("n_head", default: headCount, limit: hiddenSize)
    intermediateSize = try json.count(
      "n_inner", default: 4 * hiddenSize, limit: 16 * ConfigurationLimit.size)
    activation = try json.choice("activation_function", default: activation)
    dropout = try json.number("resid_pdrop", default: dropout, in: ConfigurationLimit.dropout)
    let embeddingDropout = try json.number(
      "embd_pdrop", default: dropout, in: ConfigurationLimit.dropout)
    guard embeddingDropout == dropout else {
      throw json["embd_pdrop"].error(expected: "the \(dropout) of resid_pdrop")
    }
    attentionDropout = try json.number(
      "attn_pdrop", default: attentionDropout, in: ConfigurationLimit.dropout)
    layerNormEpsilon = try json.number(
      "layer_norm_epsilon", default: layerNormEpsilon, in: ConfigurationLimit.epsilon)
    initializerRange = try json.number(
      "initializer_range", default: initializerRange, in: ConfigurationLimit.deviation)
    positions = try json.choice(ConfigurationKey.positions, default: positions)
    normPlacement = try json.choice(ConfigurationKey.normPlacement, default: normPlacement)
    tiedEmbeddings = try json["tie_word_embeddings"].bool(default: tiedEmbeddings)
    endOfText = try json.optionalID("eos_token_id", below: vocabularySize)
    try json.require("scale_attn_weights", toBe: true)
    try json.require("scale_attn_by_inverse_layer_idx", toBe: false)
    try json.require("add_cross_attention", toBe: false)
    try sizes.check(json, sizeKey: "n_embd")
  }

  /// The `config.json` that transformers reads.
  public var json: JSONValue {
    var members: [(key: String, value: JSONValue)] = [
      ("architectures", .array([.string("GPT2LMHeadModel")])),
      ("model_type", .string("gpt2")),
      ("vocab_size", .integer(vocabularySize)),
      ("n_positions", .integer(contextLength)),
      ("n_embd", .integer(hiddenSize)),
      ("n_layer", .integer(layerCount)),
      ("n_head", .integer(headCount)),
      ("n_inner", .integer(intermediateSize)),
      ("activation_function", .string(activation.rawValue)),
      ("resid_pdrop", .decimal(dropout)),
      ("embd_pdrop", .decimal(dropout)),
      ("attn_pdrop", .decimal(attentionDropout)),
      ("layer_norm_epsilon", .decimal(layerNormEpsilon)),
      ("initializer_range", .decimal(initializerRange)),
      ("tie_word_embeddings", .bool(tiedEmbeddings)),
      ("bos_token_id", endOfText.map { .integer($0) } ?? .null),
      ("eos_token_id", endOfText.map { .integer($0) } ?? .null),
      ("dtype", .string("float32")),
    ]
    if positions != .learned {
      members.append((ConfigurationKey.positions, .string(positions.rawValue)))
    }
    if normPlacement != .pre {
      members.append((ConfigurationKey.normPlacement, .string(normPlacement.rawValue)))
    }
    return .object(members)
  }
}
