import ApusFiles
import ApusTensors

/// The configuration of any architecture that a model directory can hold.
public enum LanguageModelConfig: Sendable, Hashable {
  case gpt(GPTConfig)
  case bert(BERTConfig)
  case recurrent(RecurrentConfig)
  case window(WindowConfig)

  /// Reads a `config.json`, whose `model_type` says which architecture it describes; in files that
  /// are older than this key, the name of the class in `architectures` does.
  ///
  /// - Throws: `InputError` naming the key that can't be used.
  public init(_ json: JSONField) throws {
    _ = try json.members()
    let type = try Self.modelType(json)
    if type == "gpt2" {
      self = .gpt(try GPTConfig(json))
    } else if let family = type.flatMap(BERTFamily.init) {
      self = .bert(try BERTConfig(json, family: family))
    } else if let cell = RecurrentCell.allCases.first(where: { $0.modelType == type }) {
      self = .recurrent(try RecurrentConfig(json, cell))
    } else if type == WindowConfig.modelType {
      self = .window(try WindowConfig(json))
    } else {
      let names =
        ["gpt2"] + BERTFamily.allCases.map(\.rawValue) + RecurrentCell.allCases.map(\.modelType)
        + [WindowConfig.modelType]
      throw json["model_type"].error(expected: "one of \(names.joined(separator: ", "))")
    }
  }

  private static func modelType(_ json: JSONField) throws -> String? {
    if let type = try json["model_type"].optionalString() { return type }
    let classes = try BERTConfig.architectures(json)
    let known = [("GPT2", "gpt2")] + BERTFamily.allCases.map { ($0.className, $0.rawValue) }
    return known.first { name, _ in classes.contains { $0.hasPrefix(name) } }?.1
  }

  public var json: JSONValue {
    switch self {
    case .gpt(let config): config.json
    case .bert(let config): config.json
    case .recurrent(let config): config.json
    case .window(let config): config.json
    }
  }

  /// The number of weights; in Double, so that no sizes overflow.
  public var parameterCount: Double {
    switch self {
    case .gpt(let config): config.parameterCount
    case .bert(let config): config.parameterCount
    case .recurrent(let config): config.parameterCount
    case .window(let config): config.parameterCount
    }
  }
}

/// A model of any architecture that a model directory can hold.
public enum LanguageModel: Sendable {
  case gpt(GPT)
  case bert(BERTPretraining)
  case recurrent(RecurrentLanguageModel)
  case window(WindowLanguageModel)

  public init(_ config: LanguageModelConfig, in scope: Scope) {
    switch config {
    case .gpt(let config): self = .gpt(GPT(config, in: scope))
    case .bert(let config): self = .bert(BERTPretraining(config, in: scope))
    case .recurrent(let config): self = .recurrent(RecurrentLanguageModel(config, in: scope))
    case .window(let config): self = .window(WindowLanguageModel(config, in: scope))
    }
  }

  public var config: LanguageModelConfig {
    switch self {
    case .gpt(let model): .gpt(model.config)
    case .bert(let model): .bert(model.config)
    case .recurrent(let model): .recurrent(model.config)
    case .window(let model): .window(model.config)
    }
  }

  /// Weights together with what the reference architecture keeps beside them: tables that this
  /// model computes, and a second name of a bias.
  func completed(
    _ values: [(name: String, value: Tensor)]
  ) -> [(name: String, value: Tensor)] {
    switch self {
    case .gpt(let model): return values + model.positions.constants
    case .bert(let model):
      let copies = values.filter { $0.name == "cls.predictions.decoder.bias" }.map {
        (name: "cls.predictions.bias", value: $0.value)
      }
      return values + model.encoder.positions.constants + copies
    case .recurrent, .window: return values
    }
  }
}

extension LanguageModelConfig {
  /// The sizes and settings of the blocks of a Transformer; nil for other architectures.
  public var transformer: TransformerConfig? {
    switch self {
    case .gpt(let config): config.transformer
    case .bert(let config): config.transformer
    case .recurrent, .window: nil
    }
  }

  /// Whether a token sees those before it alone.
  public var isCausal: Bool {
    if case .bert = self { return false }
    return true
  }

  /// Whether a directory of this configuration holds the heads of its training.
  var hasHeads: Bool {
    switch self {
    case .gpt, .recurrent, .window: true
    case .bert(let config): config.hasPretrainingHeads
    }
  }

  /// The Transformer that gives a state for each token, without the heads of its training.
  ///
  /// - Throws: `InputError` for an architecture of another kind.
  func encoder(ofDirectory path: String) throws(InputError) -> LanguageModelConfig {
    switch self {
    case .gpt(var config):
      // An untied projection onto the vocabulary is a head.
      config.tiedEmbeddings = true
      return .gpt(config)
    case .bert(var config):
      config.hasPretrainingHeads = false
      return .bert(config)
    case .recurrent, .window:
      throw InputError(file: path, expected: "a Transformer as encoder", found: modelType)
    }
  }

  /// Builds the encoder with the pooler if its weights have one.
  func encoder(in scope: Scope, of checkpoint: ReferenceCheckpoint) -> any Encoder {
    var hasPooler = false
    if case .bert(let config) = self {
      hasPooler = checkpoint.entry(named: "\(config.family.names.pooler).weight") != nil
    }
    return encoder(in: scope, hasPooler: hasPooler)
  }

  /// Builds the encoder, with a pooler if its architecture has one.
  func encoder(in scope: Scope, hasPooler: Bool) -> any Encoder {
    switch self {
    case .gpt(let config): return GPT(config, in: scope)
    case .bert(let config): return BERT(config, hasPooler: hasPooler, in: scope)
    case .recurrent, .window:
      preconditionFailure("encoder: expected a Transformer, got \(modelType)")
    }
  }

  /// The name of the architecture in `config.json`.
  public var modelType: String {
    switch self {
    case .gpt: "gpt2"
    case .bert(let config): config.family.rawValue
    case .recurrent(let config): config.cell.modelType
    case .window: WindowConfig.modelType
    }
  }

  /// The number of token ids.
  public var vocabularySize: Int {
    switch self {
    case .gpt(let config): config.vocabularySize
    case .bert(let config): config.vocabularySize
    case .recurrent(let config): config.vocabularySize
    case .window(let config): config.vocabularySize
    }
  }
}
