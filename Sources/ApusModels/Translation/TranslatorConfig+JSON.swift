import ApusFiles
import ApusLayers
import ApusTensors

extension TranslatorConfig {
  /// What `model_type` says of a translator.
  public static let modelType = "translator"

  /// Reads a `config.json`; keys that do not concern the model are passed over.
  ///
  /// - Throws: `InputError` naming the first key with a value that no model can have.
  public init(_ json: JSONField) throws {
    guard try json["model_type"].optionalString() == Self.modelType else {
      throw json["model_type"].error(expected: "\"\(Self.modelType)\"")
    }
    let limit = ConfigurationLimit.vocabulary
    sourceVocabularySize = try json.count("source_vocab_size", default: nil, limit: limit)
    targetVocabularySize = try json.count("target_vocab_size", default: nil, limit: limit)
    sharesEmbeddings = try json["share_embeddings"].bool(default: false)
    tiedEmbeddings = try json["tie_word_embeddings"].bool(default: false)
    start = Int32(try json["decoder_start_token_id"].integer(in: 0...targetVocabularySize - 1))
    end = Int32(
      try json["eos_token_id"].integer(
        in: 0...min(sourceVocabularySize, targetVocabularySize) - 1))
    if !json["unk_token_id"].isNull {
      unknown = Int32(try json["unk_token_id"].integer(in: 0...targetVocabularySize - 1))
    }
    targetUnit = try json.choice("target_unit", default: .word)
    let architecture = json["architecture"]
    switch try architecture.string() {
    case "recurrent": network = .recurrent(try RecurrentTranslation(json))
    case "transformer": network = .transformer(try TransformerTranslation(json))
    default: throw architecture.error(expected: "\"recurrent\" or \"transformer\"")
    }
    guard !sharesEmbeddings || sourceVocabularySize == targetVocabularySize else {
      throw json["source_vocab_size"].error(
        expected: "the target's \(targetVocabularySize) tokens where embeddings are shared")
    }
    guard !tiedEmbeddings || embeddingSize == outputSize else {
      throw json["embedding_size"].error(
        expected: "\(outputSize) values where embeddings are tied")
    }
  }

  /// The contents of a `config.json`.
  public var json: JSONValue {
    var members: [(key: String, value: JSONValue)] = [
      ("model_type", .string(Self.modelType)),
      ("source_vocab_size", .integer(sourceVocabularySize)),
      ("target_vocab_size", .integer(targetVocabularySize)),
      ("share_embeddings", .bool(sharesEmbeddings)), ("tie_word_embeddings", .bool(tiedEmbeddings)),
      ("decoder_start_token_id", .integer(Int(start))), ("eos_token_id", .integer(Int(end))),
      ("unk_token_id", .integer(Int(unknown))),
      ("target_unit", .string(targetUnit.rawValue)),
    ]
    switch network {
    case .recurrent(let network):
      members += [("architecture", .string("recurrent"))] + network.members
    case .transformer(let network):
      members += [("architecture", .string("transformer"))] + network.members
    }
    return .object(members)
  }
}

extension RecurrentTranslation {
  fileprivate init(_ json: JSONField) throws {
    self.init(
      embeddingSize: try json.count(
        "embedding_size", default: nil, limit: ConfigurationLimit.size),
      hiddenSize: try json.count("hidden_size", default: nil, limit: ConfigurationLimit.size))
    let layers = ConfigurationLimit.layers
    cell = try json.choice("cell", default: cell)
    encoderLayerCount = try json.count("encoder_layers", default: 1, limit: layers)
    decoderLayerCount = try json.count("decoder_layers", default: 1, limit: layers)
    isBidirectional = try json["bidirectional"].bool(default: isBidirectional)
    form = try json.choice("decoder", default: form)
    score = try json.choice("attention", default: score)
    feedsInput = try json["input_feeding"].bool(default: feedsInput)
    copies = try json["copies"].bool(default: copies)
    startsFromEncoder = try json["starts_from_encoder"].bool(default: startsFromEncoder)
    dropout = try json.number("dropout", default: dropout, in: ConfigurationLimit.dropout)
    guard !isBidirectional || hiddenSize.isMultiple(of: 2) else {
      throw json["hidden_size"].error(expected: "an even number for two directions")
    }
    guard seesSource else {
      throw json["starts_from_encoder"].error(
        expected: "true where the decoder sees the source in no other way")
    }
    guard !copies || form == .attention else {
      throw json["copies"].error(expected: "false where the decoder has no attention")
    }
    guard !feedsInput || form == .attention else {
      throw json["input_feeding"].error(expected: "false where the decoder has no attention")
    }
  }

  fileprivate var members: [(key: String, value: JSONValue)] {
    [
      ("embedding_size", .integer(embeddingSize)), ("hidden_size", .integer(hiddenSize)),
      ("cell", .string(cell.rawValue)), ("encoder_layers", .integer(encoderLayerCount)),
      ("decoder_layers", .integer(decoderLayerCount)), ("bidirectional", .bool(isBidirectional)),
      ("decoder", .string(form.rawValue)), ("attention", .string(score.rawValue)),
      ("input_feeding", .bool(feedsInput)), ("copies", .bool(copies)),
      ("starts_from_encoder", .bool(startsFromEncoder)), ("dropout", .decimal(dropout)),
    ]
  }
}

extension TransformerTranslation {
  fileprivate init(_ json: JSONField) throws {
    let size = try json.count("hidden_size", default: nil, limit: ConfigurationLimit.size)
    self.init(
      hiddenSize: size, layerCount: 1,
      headCount: try json.count("attention_heads", default: nil, limit: size))
    let layers = ConfigurationLimit.layers
    encoderLayerCount = try json.count("encoder_layers", default: nil, limit: layers)
    decoderLayerCount = try json.count("decoder_layers", default: nil, limit: layers)
    intermediateSize = try json.count(
      "intermediate_size", default: intermediateSize, limit: 16 * ConfigurationLimit.size)
    activation = try json.choice("hidden_act", default: activation)
    dropout = try json.number("dropout", default: dropout, in: ConfigurationLimit.dropout)
    attentionDropout = try json.number(
      "attention_dropout", default: attentionDropout, in: ConfigurationLimit.dropout)
    layerNormEpsilon = try json.number(
      "layer_norm_eps", default: layerNormEpsilon, in: ConfigurationLimit.epsilon)
    normPlacement = try json.choice("norm_placement", default: normPlacement)
    guard hiddenSize.isMultiple(of: headCount) else {
      throw json["hidden_size"].error(expected: "a multiple of the \(headCount) heads")
    }
  }

  fileprivate var members: [(key: String, value: JSONValue)] {
    [
      ("hidden_size", .integer(hiddenSize)), ("encoder_layers", .integer(encoderLayerCount)),
      ("decoder_layers", .integer(decoderLayerCount)), ("attention_heads", .integer(headCount)),
      ("intermediate_size", .integer(intermediateSize)),
      ("hidden_act", .string(activation.rawValue)), ("dropout", .decimal(dropout)),
      ("attention_dropout", .decimal(attentionDropout)),
      ("layer_norm_eps", .decimal(layerNormEpsilon)),
      ("norm_placement", .string(normPlacement.rawValue)),
    ]
  }
}
