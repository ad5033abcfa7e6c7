import ApusFiles
import ApusLayers
import ApusTensors

/// The sizes and settings of a GPT, read from and written to the `config.json` of Hugging Face's
/// `GPT2Config`.
///
/// The defaults are those of GPT-2 with 124 million weights (Radford et al. 2019).
public struct GPTConfig: TransformerArchitecture {
  public var transformer: TransformerConfig
  /// After the embeddings; `dropout` if it is nil.
  public var embeddingDropout: Float?
  /// The ids that each end a text; the first stands between texts.
  public var ends: [Int]

  public init(_ transformer: TransformerConfig = .gpt2, ends: [Int] = []) {
    self.transformer = transformer
    self.ends = ends
  }

  /// A GPT of given sizes with the settings of GPT-2.
  public init(
    vocabularySize: Int, contextLength: Int, hiddenSize: Int, layerCount: Int, headCount: Int
  ) {
    self.init(
      TransformerConfig(
        vocabularySize: vocabularySize, contextLength: contextLength, hiddenSize: hiddenSize,
        layerCount: layerCount, headCount: headCount
      ).withSettingsOfGPT2)
  }

  /// The number of weights; in Double, so that no sizes overflow.
  public var parameterCount: Double {
    let tables = Double(self.vocabularySize) * (self.tiedEmbeddings ? 1 : 2)
    return (tables + transformer.positionRowCount) * Double(self.hiddenSize)
      + Double(self.layerCount) * transformer.blockParameterCount
      + transformer.finalNormParameterCount
  }
}

extension TransformerConfig {
  /// GPT-2 with 124 million weights.
  public static let gpt2 = TransformerConfig(
    vocabularySize: 50_257, contextLength: 1024, hiddenSize: 768, layerCount: 12, headCount: 12
  ).withSettingsOfGPT2

  fileprivate var withSettingsOfGPT2: TransformerConfig {
    var config = self
    config.activation = .geluNew
    config.layerNormEpsilon = 1e-5
    config.normPlacement = .pre
    return config
  }
}

extension GPTConfig {
  private static let keys = TransformerKeys(
    contextLength: "n_positions", hiddenSize: "n_embd", layerCount: "n_layer",
    headCount: "n_head", intermediateSize: "n_inner", activation: "activation_function",
    dropout: "resid_pdrop", attentionDropout: "attn_pdrop",
    layerNormEpsilon: "layer_norm_epsilon")
  private static let embeddingDropoutKey = "embd_pdrop"

  /// Reads a `config.json`; keys that do not concern the model are passed over.
  ///
  /// - Throws: `InputError` naming the first key with a value that no model can have, or one of a
  ///   variant that Apus does not have.
  public init(_ json: JSONField) throws {
    transformer = try TransformerConfig(json, Self.keys, standard: .gpt2)
    let rate = try json.number(
      Self.embeddingDropoutKey, default: TransformerConfig.gpt2.dropout,
      in: ConfigurationLimit.dropout)
    embeddingDropout = rate == transformer.dropout ? nil : rate
    if json["n_inner"].isNull { transformer.intermediateSize = 4 * transformer.hiddenSize }
    ends = try json.ids("eos_token_id", below: transformer.vocabularySize)
    try json.require("scale_attn_weights", toBe: true)
    try json.require("scale_attn_by_inverse_layer_idx", toBe: false)
    try json.require("add_cross_attention", toBe: false)
  }

  /// Takes over what a `generation_config.json` says, which goes before `config.json`.
  ///
  /// - Throws: `InputError` naming an id that the model does not have.
  mutating func read(generation json: JSONField) throws {
    guard !json["eos_token_id"].isNull else { return }
    ends = try json.ids("eos_token_id", below: transformer.vocabularySize)
  }

  /// The `config.json` that transformers reads.
  public var json: JSONValue {
    let ids = ends.map { JSONValue.integer($0) }
    let first = ids.first ?? .null
    return .object(
      [
        ("architectures", .array([.string("GPT2LMHeadModel")])),
        ("model_type", .string("gpt2")),
      ] + transformer.members(Self.keys, standard: .gpt2) + [
        (Self.embeddingDropoutKey, .decimal(embeddingDropout ?? transformer.dropout)),
        ("bos_token_id", first),
        ("eos_token_id", ids.count > 1 ? .array(ids) : first),
        ("dtype", .string("float32")),
      ])
  }
}
