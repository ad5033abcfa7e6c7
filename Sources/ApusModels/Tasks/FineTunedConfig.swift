import ApusFiles

/// What a fine-tuned model is made of: one encoder, and a head for each task.
public struct FineTunedConfig: Sendable, Hashable {
  public var encoder: PretrainedConfig
  /// Whether the encoder stays as it was.
  public var isEncoderFrozen = false
  /// Whether the encoder has the summary of whole texts that it came with.
  public var hasPooler = false
  /// Whether tasks are weighed by how certain each is, which is learnt.
  public var weighsByUncertainty = false
  /// The most tokens of a text or pair; longer ones are cut.
  public var maximumLength: Int
  public var tasks: [TaskConfig]

  public init(encoder: PretrainedConfig, maximumLength: Int, tasks: [TaskConfig]) {
    self.encoder = encoder
    self.maximumLength = maximumLength
    self.tasks = tasks
  }
}

extension FineTunedConfig {
  /// The `model_type` of a fine-tuned model's `config.json`.
  public static let modelType = "fine-tuned"

  /// Reads a `config.json`.
  ///
  /// - Throws: `InputError` naming the first key with a value that no model can have.
  public init(_ json: JSONField) throws {
    guard try json["model_type"].optionalString() == Self.modelType else {
      throw json["model_type"].error(expected: "\"\(Self.modelType)\"")
    }
    self.init(
      encoder: try PretrainedConfig(json["encoder"]),
      maximumLength: try json["max_length"].integer(in: 1...ConfigurationLimit.size),
      tasks: try json["tasks"].array().map(TaskConfig.init))
    isEncoderFrozen = try json["encoder_frozen"].bool(default: false)
    hasPooler = try json["encoder_pooler"].bool(default: tasks.contains(where: \.needsPooler))
    weighsByUncertainty = try json["uncertainty_weights"].bool(default: false)
    let names = tasks.map(\.name)
    guard !names.isEmpty, Set(names).count == names.count else {
      throw json["tasks"].error(expected: "tasks of different names")
    }
  }

  public var json: JSONValue {
    .object([
      ("architectures", .array([.string("FineTunedModel")])),
      ("model_type", .string(Self.modelType)),
      ("max_length", .integer(maximumLength)), ("encoder_frozen", .bool(isEncoderFrozen)),
      ("encoder_pooler", .bool(hasPooler)),
      ("uncertainty_weights", .bool(weighsByUncertainty)),
      ("encoder", encoder.json), ("tasks", .array(tasks.map(\.json))),
    ])
  }
}
