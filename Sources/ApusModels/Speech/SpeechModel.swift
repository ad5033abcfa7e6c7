import ApusFiles
import ApusLayers
import ApusTensors

/// A network from frames of sound, or columns of an image, to the logits of symbols and the blank.
///
/// - Shapes: [N, inputSize] → [M, symbols] over B sequences, Float32
public struct SpeechModel: Layer {
  public let config: SpeechConfig
  private let network: any SpeechNetwork

  public init(_ config: SpeechConfig, in scope: Scope) {
    self.config = config
    let (input, symbols) = (config.inputSize, config.symbolCount)
    network =
      switch config.network {
      case .deepSpeech1(let network):
        DeepSpeech1(network, inputSize: input, symbolCount: symbols, in: scope)
      case .deepSpeech2(let network):
        DeepSpeech2(network, inputSize: input, symbolCount: symbols, in: scope)
      case .transformer(let network):
        SpeechTransformer(network, inputSize: input, symbolCount: symbols, in: scope)
      case .wav2vec2(let network): Wav2Vec2(network, symbolCount: symbols, in: scope)
      }
  }

  public func callAsFunction(_ frames: Sequences, _ mode: Mode) -> Sequences {
    precondition(
      frames.values.columnCount == config.inputSize,
      "SpeechModel: expected frames of \(config.inputSize), got \(frames.values.columnCount)")
    return network(frames, mode)
  }

  /// Hears frames as they come, the same as all at once; nil for a network that needs all of an
  /// utterance, as those of both directions and those with attention do.
  public func stream(_ mode: Mode) -> SpeechStream? {
    network.stream(mode)
  }
}

extension SpeechModel {
  /// Reads a model directory: `config.json` and `model.safetensors`.
  ///
  /// - Throws: `FileError` if a file can't be read; `InputError` naming the key or tensor that does
  ///   not fit.
  public static func load(
    _ path: String
  ) throws -> (model: SpeechModel, store: ParameterStore) {
    let config = try SpeechConfig(ModelDirectory.configuration(of: path))
    return try ModelDirectory.load(
      path, parameterCount: config.parameterCount, names: names(of:)
    ) { SpeechModel(config, in: $0) }
  }

  /// Writes a model directory's `config.json` and `model.safetensors`, creating it if need be.
  ///
  /// - Throws: `FileError` if a file can't be written.
  public func save(_ values: [(name: String, value: Tensor)], to path: String) throws {
    try ModelDirectory.save(config.json, values, to: path, as: .float32)
  }

  /// The names that a weight has had in the reference: models without heads leave out the model's own
  /// name, and weight norm was written in two ways.
  static func names(of name: String) -> [String] {
    let ways = [
      ("conv.weight_g", "conv.parametrizations.weight.original0"),
      ("conv.weight_v", "conv.parametrizations.weight.original1"),
    ]
    let all =
      [name] + ways.filter { name.hasSuffix($0.0) }.map { name.dropLast($0.0.count) + $0.1 }
    let model = "wav2vec2."
    return all + all.filter { $0.hasPrefix(model) }.map { String($0.dropFirst(model.count)) }
  }
}
