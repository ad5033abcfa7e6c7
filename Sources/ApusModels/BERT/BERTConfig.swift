import ApusFiles
import ApusLayers
import ApusTensors

/// The sizes and settings of a BERT, read from and written to the `config.json` of Hugging Face's
/// `BertConfig`.
///
/// The defaults are those of BERT-Base (Devlin et al. 2019).
public struct BERTConfig: TransformerArchitecture {
  public var transformer: TransformerConfig
  public var segmentCount = 2
  /// The id that other libraries pad with.
  public var padding: Int?

  public init(_ transformer: TransformerConfig = .bertBase, padding: Int? = nil) {
    self.transformer = transformer
    self.padding = padding
  }

  /// A BERT of given sizes.
  public init(
    vocabularySize: Int, contextLength: Int, hiddenSize: Int, layerCount: Int, headCount: Int
  ) {
    self.init(
      TransformerConfig(
        vocabularySize: vocabularySize, contextLength: contextLength, hiddenSize: hiddenSize,
        layerCount: layerCount, headCount: headCount))
  }

  /// The number of weights with both pretraining heads; in Double, so that no sizes overflow.
  public var parameterCount: Double {
    let size = Double(self.hiddenSize)
    let vocabulary = Double(self.vocabularySize)
    let embeddings =
      (vocabulary + transformer.positionRowCount + Double(segmentCount) + 2) * size
    let blocks = Double(self.layerCount) * transformer.blockParameterCount
    let pooler = size * (size + 1)
    let transform = size * (size + 1) + 2 * size
    let decoder = (self.tiedEmbeddings ? 0 : vocabulary * size) + vocabulary
    let next = 2 * (size + 1)
    return embeddings + blocks + transformer.finalNormParameterCount + pooler + transform + decoder
      + next
  }
}

extension TransformerConfig {
  /// BERT-Base.
  public static let bertBase = TransformerConfig(
    vocabularySize: 30_522, contextLength: 512, hiddenSize: 768, layerCount: 12, headCount: 12)
}

extension BERTConfig {
  /// Reads a `config.json`; keys that do not concern the model are passed over.
  ///
  /// - Throws: `InputError` naming the first key with a value that no model can have, or one of a
  ///   variant that Apus does not have.
  public init(_ json: JSONField) throws {
    transformer = try TransformerConfig(json, TransformerKeys(), standard: .bertBase)
    segmentCount = try json.count(
      "type_vocab_size", default: segmentCount, limit: ConfigurationLimit.size)
    padding = try json.optionalID("pad_token_id", below: transformer.vocabularySize)
    let kind = json["position_embedding_type"]
    guard try kind.optionalString() ?? "absolute" == "absolute" else {
      throw kind.error(expected: "\"absolute\"")
    }
    try json.require("is_decoder", toBe: false)
    try json.require("add_cross_attention", toBe: false)
  }

  /// The `config.json` that transformers reads.
  public var json: JSONValue {
    .object(
      [
        ("architectures", .array([.string("BertForPreTraining")])),
        ("model_type", .string("bert")),
      ] + transformer.members(TransformerKeys(), standard: .bertBase) + [
        ("type_vocab_size", .integer(segmentCount)),
        ("pad_token_id", padding.map { .integer($0) } ?? .null),
        ("dtype", .string("float32")),
      ])
  }
}
