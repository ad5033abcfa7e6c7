import ApusFiles
import ApusLayers

extension BERTConfig {
  /// Reads a `config.json`; keys that do not concern the model are passed over.
  ///
  /// - Throws: `InputError` naming the first key with a value that no model can have, or one of a
  ///   variant that Apus does not have.
  public init(_ json: JSONField, family: BERTFamily = .bert) throws {
    self = family.standard
    let names = try Self.architectures(json)
    hasPretrainingHeads =
      family == .bert && (names.isEmpty || names.contains("BertForPreTraining"))
    transformer = try TransformerConfig(json, family.keys, standard: transformer)
    if family.hasSegments {
      segmentCount = try json.count(
        "type_vocab_size", default: segmentCount, limit: ConfigurationLimit.size)
    }
    if family.projectsEmbeddings { try readProjection(json) }
    if family.sharesBlocks { try readGroups(json) }
    let standardPadding = padding
    padding = try json.optionalID("pad_token_id", below: self.vocabularySize) ?? standardPadding
    try readPositions(json)
    try json.require("is_decoder", toBe: false)
    try json.require("add_cross_attention", toBe: false)
  }

  /// The classes that a checkpoint was saved from.
  static func architectures(_ json: JSONField) throws -> [String] {
    let names = json["architectures"]
    return names.isNull ? [] : try names.array().map { try $0.string() }
  }

  private mutating func readProjection(_ json: JSONField) throws {
    let size = try json.count(
      "embedding_size", default: embeddingSize, limit: ConfigurationLimit.size)
    // ELECTRA projects between different sizes only, ALBERT always.
    embeddingSize = size == self.hiddenSize && !family.sharesBlocks ? nil : size
  }

  private mutating func readGroups(_ json: JSONField) throws {
    groupCount = try json.count(
      "num_hidden_groups", default: groupCount, limit: self.layerCount)
    groupSize = try json.count(
      "inner_group_num", default: groupSize, limit: ConfigurationLimit.layers / self.layerCount)
    transformer.layerCount *= groupSize
  }

  private mutating func readPositions(_ json: JSONField) throws {
    let kind = json["position_embedding_type"]
    guard try kind.optionalString() ?? "absolute" == "absolute" else {
      throw kind.error(expected: "\"absolute\"")
    }
    guard self.contextLength > positionOffset else {
      throw json[family.keys.contextLength].error(
        expected: "more than the \(positionOffset) positions before a sequence")
    }
    transformer.contextLength -= positionOffset
  }

  /// The `config.json` that transformers reads.
  public var json: JSONValue {
    var stored = transformer
    stored.contextLength += positionOffset
    stored.layerCount /= groupSize
    var members: [(key: String, value: JSONValue)] = [
      (
        "architectures",
        .array([.string(family.className + (hasPretrainingHeads ? "ForPreTraining" : "Model"))])
      ),
      ("model_type", .string(family.rawValue)),
    ]
    members += stored.members(family.keys, standard: family.standard.transformer)
    if family.hasSegments { members.append(("type_vocab_size", .integer(segmentCount))) }
    if family.projectsEmbeddings {
      members.append(("embedding_size", .integer(embeddingSize ?? self.hiddenSize)))
    }
    if let groupCount {
      members.append(("num_hidden_groups", .integer(groupCount)))
      members.append(("inner_group_num", .integer(groupSize)))
    }
    members.append(("pad_token_id", padding.map { .integer($0) } ?? .null))
    members.append(("dtype", .string("float32")))
    return .object(members)
  }
}
