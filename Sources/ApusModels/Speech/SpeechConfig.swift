import ApusFiles

/// What a network that reads speech is: its architecture, what it reads and the symbols it tells
/// apart.
public struct SpeechConfig: Sendable, Hashable {
  public enum Network: Sendable, Hashable {
    case deepSpeech1(DeepSpeech1Config)
    case deepSpeech2(DeepSpeech2Config)
    case transformer(SpeechTransformerConfig)
    case wav2vec2(Wav2Vec2Config)
  }

  public var network: Network
  /// The values of a frame; 1 where frames are samples.
  public var inputSize: Int
  /// The logits of an element, the blank's among them.
  public var symbolCount: Int
  /// The symbol that stands for nothing.
  public var blank = 0

  public init(_ network: Network, inputSize: Int, symbolCount: Int) {
    self.network = network
    self.inputSize = inputSize
    self.symbolCount = symbolCount
  }

  /// The elements with logits for so many frames.
  public func outputLength(frameCount: Int) -> Int {
    switch network {
    case .deepSpeech1: frameCount
    case .deepSpeech2(let network): network.convolutions.length(over: frameCount)
    case .transformer(let network): network.convolutions.length(over: frameCount)
    case .wav2vec2(let network):
      network.features.reduce(frameCount) { $1.window.count(over: $0) }
    }
  }

  /// The frames from one element with logits to the next.
  public var timeStride: Int {
    switch network {
    case .deepSpeech1: 1
    case .deepSpeech2(let network): network.convolutions.timeStride
    case .transformer(let network): network.convolutions.timeStride
    case .wav2vec2(let network): network.features.reduce(1) { $0 * $1.stride }
    }
  }

  /// The number of trained values; in Double, so that no sizes overflow.
  public var parameterCount: Double {
    let encoder: (weights: Double, outputSize: Int) =
      switch network {
      case .deepSpeech1(let network):
        (network.parameterCount(inputSize: inputSize), network.hiddenSize)
      case .deepSpeech2(let network):
        (network.parameterCount(inputSize: inputSize), network.outputSize)
      case .transformer(let network):
        (network.parameterCount(inputSize: inputSize), network.hiddenSize)
      case .wav2vec2(let network): (network.parameterCount, network.hiddenSize)
      }
    return encoder.weights + Double(symbolCount) * (Double(encoder.outputSize) + 1)
  }
}

extension SpeechConfig {
  private static let deepSpeech1 = "deepspeech1"
  private static let deepSpeech2 = "deepspeech2"
  private static let transformer = "speech-transformer"

  /// The values of `model_type` in the `config.json` of models of speech.
  public static let modelTypes = [
    deepSpeech1, deepSpeech2, transformer, Wav2Vec2Config.modelType,
  ]

  /// Reads `config.json`.
  ///
  /// - Throws: `InputError` naming the key that can't be used.
  public init(_ json: JSONField) throws {
    let network: Network
    switch try json["model_type"].optionalString() {
    case Self.deepSpeech1: network = .deepSpeech1(try DeepSpeech1Config(json))
    case Self.deepSpeech2: network = .deepSpeech2(try DeepSpeech2Config(json))
    case Self.transformer: network = .transformer(try SpeechTransformerConfig(json))
    case Wav2Vec2Config.modelType: network = .wav2vec2(try Wav2Vec2Config(json))
    default:
      throw json["model_type"].error(
        expected: "one of \(Self.modelTypes.joined(separator: ", "))")
    }
    let symbols = try json["vocab_size"].integer(in: 2...ConfigurationLimit.vocabulary)
    self.init(
      network,
      inputSize: try json.count("input_size", default: 1, limit: ConfigurationLimit.size),
      symbolCount: symbols)
    blank = try json.optionalID("pad_token_id", below: symbols) ?? 0
  }

  /// The `model_type` of `config.json`.
  public var modelType: String {
    switch network {
    case .deepSpeech1: Self.deepSpeech1
    case .deepSpeech2: Self.deepSpeech2
    case .transformer: Self.transformer
    case .wav2vec2: Wav2Vec2Config.modelType
    }
  }

  /// The form in `config.json`.
  public var json: JSONValue {
    let parts: (architecture: String, members: [(String, JSONValue)]) =
      switch network {
      case .deepSpeech1(let network): ("DeepSpeech1", network.members)
      case .deepSpeech2(let network): ("DeepSpeech2", network.members)
      case .transformer(let network): ("SpeechTransformer", network.members)
      case .wav2vec2(let network): ("Wav2Vec2ForCTC", network.members)
      }
    return .object(
      [
        ("architectures", .array([.string(parts.architecture)])),
        ("model_type", .string(modelType)), ("input_size", .integer(inputSize)),
        ("vocab_size", .integer(symbolCount)), ("pad_token_id", .integer(blank)),
      ] + parts.members)
  }
}
