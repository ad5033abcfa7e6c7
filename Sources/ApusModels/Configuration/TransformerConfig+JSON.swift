import ApusFiles
import ApusLayers

/// What an architecture calls the settings of its blocks in its `config.json`.
///
/// The defaults are the names of BERT, which most encoders have kept.
struct TransformerKeys: Sendable {
  var contextLength = "max_position_embeddings"
  var hiddenSize = "hidden_size"
  var layerCount = "num_hidden_layers"
  var headCount = "num_attention_heads"
  var intermediateSize = "intermediate_size"
  var activation = "hidden_act"
  var dropout = "hidden_dropout_prob"
  var attentionDropout = "attention_probs_dropout_prob"
  /// Nil where it can't be set.
  var layerNormEpsilon: String? = "layer_norm_eps"
}

extension TransformerConfig {
  /// Reads the settings from a `config.json`.
  ///
  /// - Parameters:
  ///   - json: Keys that do not concern the blocks are passed over.
  ///   - keys: The names of the settings.
  ///   - standard: What stands for absent ones.
  /// - Throws: `InputError` naming the first key with a value that no model can have, or one of a
  ///   variant that Apus does not have.
  init(_ json: JSONField, _ keys: TransformerKeys, standard: TransformerConfig) throws {
    self = standard
    vocabularySize = try json.count(
      "vocab_size", default: vocabularySize, limit: ConfigurationLimit.vocabulary)
    contextLength = try json.count(
      keys.contextLength, default: contextLength, limit: ConfigurationLimit.positions)
    hiddenSize = try json.count(
      keys.hiddenSize, default: hiddenSize, limit: ConfigurationLimit.size)
    layerCount = try json.count(
      keys.layerCount, default: layerCount, limit: ConfigurationLimit.layers)
    headCount = try json.count(keys.headCount, default: headCount, limit: hiddenSize)
    intermediateSize = try json.count(
      keys.intermediateSize, default: intermediateSize, limit: 16 * ConfigurationLimit.size)
    activation = try json.choice(keys.activation, default: activation)
    dropout = try json.number(keys.dropout, default: dropout, in: ConfigurationLimit.dropout)
    attentionDropout = try json.number(
      keys.attentionDropout, default: attentionDropout, in: ConfigurationLimit.dropout)
    if let key = keys.layerNormEpsilon {
      layerNormEpsilon = try json.number(
        key, default: layerNormEpsilon, in: ConfigurationLimit.epsilon)
    }
    initializerRange = try json.number(
      "initializer_range", default: initializerRange, in: ConfigurationLimit.deviation)
    positions = try json.choice(ConfigurationKey.positions, default: positions)
    normPlacement = try json.choice(ConfigurationKey.normPlacement, default: normPlacement)
    tiedEmbeddings = try json["tie_word_embeddings"].bool(default: tiedEmbeddings)
    try check(json[keys.hiddenSize])
  }

  /// Checks what can't be checked key by key.
  private func check(_ size: JSONField) throws {
    guard hiddenSize.isMultiple(of: headCount) else {
      throw size.error(expected: "a multiple of the \(headCount) heads")
    }
    guard positions != .rotary || (hiddenSize / headCount).isMultiple(of: 2) else {
      throw size.error(expected: "heads of an even size for rotary positions")
    }
    // Learned tables stand in the weight file, whose size bounds them; this one would be computed.
    guard positions != .sinusoidal || hiddenSize * contextLength <= 1 << 26 else {
      throw size.error(expected: "sinusoidal positions of at most 2^26 numbers in all")
    }
  }

  /// The members of a `config.json`; the keys of Apus stand in it only where a model departs from
  /// the standard of its architecture.
  func members(
    _ keys: TransformerKeys, standard: TransformerConfig
  ) -> [(key: String, value: JSONValue)] {
    var members: [(key: String, value: JSONValue)] = [
      ("vocab_size", .integer(vocabularySize)),
      (keys.contextLength, .integer(contextLength)),
      (keys.hiddenSize, .integer(hiddenSize)),
      (keys.layerCount, .integer(layerCount)),
      (keys.headCount, .integer(headCount)),
      (keys.intermediateSize, .integer(intermediateSize)),
      (keys.activation, .string(activation.rawValue)),
      (keys.dropout, .decimal(dropout)),
      (keys.attentionDropout, .decimal(attentionDropout)),
    ]
    if let key = keys.layerNormEpsilon { members.append((key, .decimal(layerNormEpsilon))) }
    members.append(("initializer_range", .decimal(initializerRange)))
    members.append(("tie_word_embeddings", .bool(tiedEmbeddings)))
    if positions != standard.positions {
      members.append((ConfigurationKey.positions, .string(positions.rawValue)))
    }
    if normPlacement != standard.normPlacement {
      members.append((ConfigurationKey.normPlacement, .string(normPlacement.rawValue)))
    }
    return members
  }
}
