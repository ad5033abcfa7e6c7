import ApusFiles
import ApusTensors

/// A pretrained wav2vec 2.0 encoder with its weights, to put a new head on.
public struct PretrainedSpeech: Sendable {
  public let directory: String
  public let config: Wav2Vec2Config
  /// The weights of the encoder, without those of a head.
  public let weights: [String: Tensor]

  /// What the names of all weights begin with.
  public static let place = "wav2vec2."
  /// The convolutions over samples, which fine-tuning leaves as they are.
  public static let features: NamePattern = "wav2vec2.feature_extractor.*"

  /// Reads a directory of Hugging Face's `Wav2Vec2Model`, `Wav2Vec2ForPreTraining` or
  /// `Wav2Vec2ForCTC`.
  ///
  /// - Throws: `FileError` if a file can't be read; `InputError` naming what does not fit.
  public init(_ directory: String) throws {
    self.directory = directory
    let json = try ModelDirectory.configuration(of: directory)
    guard try json["model_type"].optionalString() == Wav2Vec2Config.modelType else {
      throw json["model_type"].error(expected: "\"\(Wav2Vec2Config.modelType)\"")
    }
    config = try Wav2Vec2Config(json)
    // A head of any size, whose weights are left out.
    let whole = SpeechConfig(.wav2vec2(config), inputSize: 1, symbolCount: 2)
    let checkpoint = try SafetensorsCheckpoint(directory: directory)
    let (_, store) = try ModelDirectory.load(
      directory, parameterCount: whole.parameterCount, names: SpeechModel.names(of:),
      isAbsent: { $0.hasPrefix("lm_head") && checkpoint.entry(named: $0)?.shape.first != 2 }
    ) { SpeechModel(whole, in: $0) }
    weights = Dictionary(
      uniqueKeysWithValues: store.namedValues.filter { !$0.name.hasPrefix("lm_head") }
        .map { ($0.name, $0.value) })
  }
}
