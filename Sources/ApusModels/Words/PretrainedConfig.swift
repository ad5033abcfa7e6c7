import ApusFiles
import ApusTensors
import ApusText

/// The sizes of a pretrained network that encodes words.
public enum PretrainedConfig: Sendable, Hashable {
  case elmo(ELMoConfig)
  case transformer(LanguageModelConfig)

  /// Reads the `config.json` of the network.
  ///
  /// - Throws: `InputError` naming the key that can't be used, or for a network of another kind.
  public init(_ json: JSONField) throws {
    if try json["model_type"].optionalString() == ELMoConfig.modelType {
      self = .elmo(try ELMoConfig(json))
    } else {
      self = .transformer(try LanguageModelConfig(json).encoder(ofDirectory: json.file))
    }
  }

  public var json: JSONValue {
    switch self {
    case .elmo(let config): config.json
    case .transformer(let config): config.json
    }
  }

  /// The name of the architecture in `config.json`.
  public var modelType: String {
    switch self {
    case .elmo: ELMoConfig.modelType
    case .transformer(let config): config.modelType
    }
  }

  /// The number of weights; in Double, so that no sizes overflow.
  var parameterCount: Double {
    switch self {
    case .elmo(let config): config.encoderParameterCount
    case .transformer(let config): config.parameterCount
    }
  }
}

/// A pretrained network with its weights, as a directory has it.
public struct PretrainedNetwork: Sendable {
  public let directory: String
  public let config: PretrainedConfig
  /// What cuts words into tokens; nil for an ELMo, which takes their bytes.
  public let tokenizer: Tokenizer?
  public let weights: [(name: String, value: Tensor)]

  /// Reads a directory of Apus, or one in the layout of Hugging Face's transformers.
  ///
  /// - Throws: `FileError` if a file can't be read; `InputError` naming what does not fit.
  public init(_ directory: String) throws {
    self.directory = directory
    if try ModelDirectory.modelType(of: directory) == ELMoConfig.modelType {
      let (model, store) = try ELMo.encoder(of: directory)
      (config, tokenizer, weights) = (.elmo(model.config), nil, store.namedValues)
    } else {
      let sizes = try ModelDirectory.config(of: directory).encoder(ofDirectory: directory)
      let (encoder, store) = try ModelDirectory.loadEncoder(directory)
      config = .transformer(sizes)
      tokenizer = try Tokenizer(
        contentsOf: directory, fitting: encoder.transformer.vocabularySize)
      weights = store.namedValues
      let surrounding = tokenizer?.specialTokenCount(isPair: false) ?? 0
      guard encoder.transformer.contextLength > surrounding else {
        throw InputError(
          file: directory, expected: "a context of more than the \(surrounding) special tokens",
          found: "\(encoder.transformer.contextLength)")
      }
    }
  }
}
