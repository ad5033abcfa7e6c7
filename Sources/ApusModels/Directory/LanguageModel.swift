import ApusFiles
import ApusTensors

/// The configuration of any architecture that a model directory can hold.
public enum LanguageModelConfig: Sendable, Hashable {
  case gpt(GPTConfig)
  case bert(BERTConfig)

  /// The names of the architectures in `config.json`.
  private enum Kind: String, CaseIterable { case gpt2, bert }

  /// Reads a `config.json`, whose `model_type` says which architecture it describes.
  ///
  /// - Throws: `InputError` naming the key that can't be used.
  public init(_ json: JSONField) throws {
    _ = try json.members()
    guard !json["model_type"].isNull else {
      throw json["model_type"].error(expected: "one of gpt2, bert")
    }
    switch try json.choice("model_type", default: Kind.gpt2) {
    case .gpt2: self = .gpt(try GPTConfig(json))
    case .bert: self = .bert(try BERTConfig(json))
    }
  }

  public var json: JSONValue {
    switch self {
    case .gpt(let config): config.json
    case .bert(let config): config.json
    }
  }

  /// The number of weights; in Double, so that no sizes overflow.
  public var parameterCount: Double {
    switch self {
    case .gpt(let config): config.parameterCount
    case .bert(let config): config.parameterCount
    }
  }
}

/// A model of any architecture that a model directory can hold.
public enum LanguageModel: Sendable {
  case gpt(GPT)
  case bert(BERTPretraining)

  public init(_ config: LanguageModelConfig, in scope: Scope) {
    switch config {
    case .gpt(let config): self = .gpt(GPT(config, in: scope))
    case .bert(let config): self = .bert(BERTPretraining(config, in: scope))
    }
  }

  public var config: LanguageModelConfig {
    switch self {
    case .gpt(let model): .gpt(model.config)
    case .bert(let model): .bert(model.config)
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
    }
  }
}

extension LanguageModelConfig {
  /// The sizes and settings of the blocks, which all architectures have.
  public var transformer: TransformerConfig {
    switch self {
    case .gpt(let config): config.transformer
    case .bert(let config): config.transformer
    }
  }

  /// The number of token ids.
  public var vocabularySize: Int { transformer.vocabularySize }
}
