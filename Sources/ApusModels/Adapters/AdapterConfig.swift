import ApusFiles

/// What an `adapter_config.json` of Hugging Face's PEFT says of low-rank adapters.
///
/// - Source: https://huggingface.co/docs/peft/package_reference/lora
public struct AdapterConfig: Sendable, Hashable {
  public var rank: Int
  /// What the change is multiplied by, before it is divided by the rank or its root.
  public var alpha: Double
  /// Whether it is divided by the root of the rank.
  ///
  /// - Source: Kalajdzievski 2023 (rsLoRA).
  public var isRankStabilized: Bool
  /// Whether the changed matrices are stored as [inputs, outputs], as GPT-2's are.
  public var isTransposed: Bool
  /// The modules that are changed: their paths, or the ends of them.
  public var targets: [String]

  public init(
    rank: Int, alpha: Double, isRankStabilized: Bool = false, isTransposed: Bool = false,
    targets: [String]
  ) {
    self.rank = rank
    self.alpha = alpha
    self.isRankStabilized = isRankStabilized
    self.isTransposed = isTransposed
    self.targets = targets
  }

  /// What the product of the two factors is multiplied by.
  public var scale: Float {
    Float(alpha / (isRankStabilized ? Double(rank).squareRoot() : Double(rank)))
  }
}

extension AdapterConfig {
  /// Reads a configuration.
  ///
  /// - Throws: `InputError` naming the key of what can't be used: adapters of other kinds, or with
  ///   sizes, factors or biases that differ from module to module.
  init(_ json: JSONField) throws {
    guard try json["peft_type"].string() == "LORA" else {
      throw json["peft_type"].error(expected: "LORA")
    }
    for key in ["use_dora", "use_qalora", "lora_bias"] where try json[key].bool(default: false) {
      throw json[key].error(expected: "false")
    }
    for key in ["rank_pattern", "alpha_pattern"] where !json[key].isNull {
      guard try json[key].members().isEmpty else {
        throw json[key].error(expected: "none, one rank and alpha for all")
      }
    }
    guard try json["bias"].optionalString() ?? "none" == "none" else {
      throw json["bias"].error(expected: "none")
    }
    for key in ["target_parameters", "trainable_token_indices", "layer_replication"]
    where !json[key].isNull {
      throw json[key].error(expected: "none")
    }
    rank = try json["r"].integer(in: 1...65_536)
    alpha = try json["lora_alpha"].isNull ? 8 : Double(json["lora_alpha"].positiveNumber())
    isRankStabilized = try json["use_rslora"].bool(default: false)
    isTransposed = try json["fan_in_fan_out"].bool(default: false)
    if case .string(let pattern) = json["target_modules"].value {
      targets = [pattern]
    } else {
      targets = try json["target_modules"].array().map { try $0.string() }
    }
  }

  /// The form in `adapter_config.json`.
  var json: JSONValue {
    .object([
      ("base_model_name_or_path", .null), ("bias", .string("none")),
      ("fan_in_fan_out", .bool(isTransposed)), ("inference_mode", .bool(true)),
      ("lora_alpha", .number(alpha)), ("lora_dropout", .number(0)), ("modules_to_save", .null),
      ("peft_type", .string("LORA")), ("r", .integer(rank)),
      ("target_modules", .array(targets.map { .string($0) })), ("task_type", .null),
      ("use_rslora", .bool(isRankStabilized)),
    ])
  }
}
