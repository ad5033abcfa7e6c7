import ApusFiles
import ApusTensors
import ApusText

/// The sizes of a pretrained network that encodes words and texts.
public enum PretrainedConfig: Sendable, Hashable {
  case elmo(ELMoConfig)
  case transformer(LanguageModelConfig)
  /// The network under a classifier of texts.
  case classifier(ClassifierConfig)
  /// A vector of each word, whatever stands around it.
  case wordVectors(WordVectorConfig)

  /// Reads the `config.json` of the network.
  ///
  /// - Throws: `InputError` naming the key that can't be used, or for a network of another kind.
  public init(_ json: JSONField) throws {
    let type = try json["model_type"].optionalString()
    if type == ELMoConfig.modelType {
      self = .elmo(try ELMoConfig(json))
    } else if ClassifierConfig.modelTypes.contains(type ?? "") {
      self = try .words(of: ClassifierConfig(json), file: json.file)
    } else if type == WordVectorConfig.modelType {
      self = .wordVectors(try WordVectorConfig(json))
    } else {
      self = .transformer(try LanguageModelConfig(json).encoder(ofDirectory: json.file))
    }
  }

  /// The network under a classifier, which has to read words in their order.
  static func words(of config: ClassifierConfig, file: String) throws(InputError) -> Self {
    guard !config.readsTerms else {
      throw InputError(
        file: file, expected: "a network that has a state for each word",
        found: "\(config.modelType), which reads weighted terms")
    }
    return .classifier(config)
  }

  public var json: JSONValue {
    switch self {
    case .elmo(let config): config.json
    case .transformer(let config): config.json
    case .classifier(let config): config.json
    case .wordVectors(let config): config.json
    }
  }

  /// The name of the architecture in `config.json`.
  public var modelType: String {
    switch self {
    case .elmo: ELMoConfig.modelType
    case .transformer(let config): config.modelType
    case .classifier(let config): config.modelType
    case .wordVectors: WordVectorConfig.modelType
    }
  }

  /// The number of weights; in Double, so that no sizes overflow.
  var parameterCount: Double {
    switch self {
    case .elmo(let config): config.encoderParameterCount
    case .transformer(let config): config.parameterCount
    case .classifier(let config): config.parameterCount
    case .wordVectors(let config): Double(config.vocabularySize) * Double(config.dimension)
    }
  }

  /// Whether a token sees those before it alone.
  public var isCausal: Bool {
    guard case .transformer(let config) = self else { return false }
    return config.isCausal
  }

  /// The most tokens of a text; nil for any number.
  public var contextLength: Int? {
    guard case .transformer(let config) = self else { return nil }
    return config.transformer?.contextLength
  }

  /// The number of token ids; nil for a network that reads characters.
  public var vocabularySize: Int? {
    switch self {
    case .elmo: nil
    case .transformer(let config): config.vocabularySize
    case .classifier(let config): config.vocabularySize
    case .wordVectors(let config): config.vocabularySize
    }
  }

  /// The values of a state.
  public var stateSize: Int {
    switch self {
    case .elmo(let config): 2 * config.projectedSize
    case .transformer(let config): config.transformer?.hiddenSize ?? 0
    case .classifier(let config): config.featureCount
    case .wordVectors(let config): config.dimension
    }
  }
}
