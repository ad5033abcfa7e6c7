import ApusAudio
import ApusDecoding
import ApusFiles
import ApusLayers
import ApusModels
import ApusTensors
import ApusText
import Glibc

/// A recogniser as its directory keeps it: a network, the symbols that it tells apart and what it
/// hears.
public struct SpeechRecognizer: Sendable {
  public let model: SpeechModel
  public let alphabet: Alphabet
  /// The alphabet as classes of the network.
  public let classes: CTCAlphabet
  public let input: SpeechInput

  /// Loads a directory that Apus wrote, or a `Wav2Vec2ForCTC` of Hugging Face's.
  ///
  /// - Throws: `FileError` if a file can't be read; `InputError` naming what does not fit.
  public init(_ directory: String) throws {
    model = try SpeechModel.load(directory).model
    alphabet = try Alphabet(directory: directory, count: model.config.symbolCount)
    classes = try CTCAlphabet(alphabet)
    let path = RunDirectory(directory).features
    input =
      access(path, F_OK) == 0
      ? try SpeechInput(contentsOf: path)
      : .sound(try FeatureExtractor(Self.referenceFeatures(directory, model.config)))
    try Self.require(input, of: path, asTrained: directory)
    guard input.width == model.config.inputSize else {
      throw InputError(
        file: path, expected: "features of \(model.config.inputSize) values, as the network reads",
        found: "\(input.width)")
    }
    guard alphabet.blank == model.config.blank else {
      throw InputError(
        file: "\(directory)/vocab.json", expected: "\(model.config.blank) as the id of the blank",
        found: "\(alphabet.blank)")
    }
  }

  /// Refuses other features than those of the recipe that a run keeps beside its models.
  private static func require(
    _ input: SpeechInput, of file: String, asTrained directory: String
  ) throws {
    let run = RunDirectory(directory)
    guard run.exists(run.recipe), case .sound(let extractor) = input,
      let features = try Recipe(contentsOf: run.recipe).features, var trained = features.settings()
    else { return }
    // Measured on the training data, so that the recipe can't tell it.
    if features.normalization == .global {
      trained.normalization = extractor.settings.normalization
    }
    try trained.require(extractor.settings, of: file)
  }

  /// Those of `preprocessor_config.json`.
  private static func referenceFeatures(
    _ directory: String, _ config: SpeechConfig
  ) throws -> FeatureSettings {
    guard case .wav2vec2 = config.network else {
      throw FileError(
        file: RunDirectory(directory).features, operation: "open", code: ENOENT)
    }
    let path = "\(directory)/preprocessor_config.json"
    guard access(path, F_OK) == 0 else { return .waveform() }
    let json = try JSONField(contentsOf: path, maximumSize: 1 << 20)
    let rate = json["sampling_rate"]
    var settings = FeatureSettings.waveform(
      sampleRate: rate.isNull ? 16_000 : try rate.integer(in: 1000...192_000))
    if try !json["do_normalize"].bool(default: true) { settings.normalization = .none }
    return settings
  }
}

extension SpeechRecognizer {
  /// Writes down the utterances of a manifest and compares with what is said in them.
  ///
  /// - Parameters:
  ///   - manifest: In any form that `SpeechManifest` reads.
  ///   - search: How words are searched for; nil takes the best symbol of each frame.
  ///   - precision: Of the network.
  /// - Returns: The errors, and each utterance with what was made of it.
  /// - Throws: `InputError` naming what can't be read.
  public func score(
    on manifest: String, by search: SpeechSearch? = nil, _ precision: Mode.Precision = .fp32
  ) throws -> SpeechScore {
    try model.score(
      on: try examples(manifest), alphabet, size: .sequences(Self.batchCount), by: search,
      precision)
  }

  /// The weights of a language model that give the fewest wrong words on the utterances of a
  /// manifest.
  ///
  /// - Parameters:
  ///   - manifest: In any form that `SpeechManifest` reads.
  ///   - languageModel: A language model in ARPA or binary form.
  ///   - width: The readings that are followed at once.
  ///   - report: Told of each trial.
  /// - Returns: Every trial, the best first.
  /// - Throws: `InputError` naming what can't be read.
  public func tunedWeights(
    on manifest: String, with languageModel: String, width: Int = 100,
    report: (CTCTuning.Trial) -> Void = { _ in }
  ) throws -> (trials: [CTCTuning.Trial], wordCount: Int) {
    let examples = try examples(manifest)
    var utterances: [CTCTuning.Utterance] = []
    try model.forEachBatch(of: examples, size: .sequences(Self.batchCount), .fp32) {
      batch, logits in
      for (index, example) in batch.examples.enumerated() {
        let rows = logits.offsets[index]..<logits.offsets[index + 1]
        utterances.append(
          CTCTuning.Utterance(
            logits: logits.values.rows(rows),
            text: alphabet.folded(examples.utterances[example].text ?? "")))
      }
    }
    @Sendable func words(_ text: String) -> [Substring] { text.split(separator: " ") }
    let trials = try CTCTuning().run(
      utterances, classes, CTCBeamOptions(width: width), NGramModel(contentsOf: languageModel),
      errorCount: { editDistance(words($0), words($1)) }, report: report)
    return (trials, utterances.reduce(0) { $0 + words($1.text).count })
  }

  private func examples(_ manifest: String) throws -> SpeechExamples {
    try SpeechExamples(
      SpeechManifest.read(manifest), manifest: manifest, alphabet: alphabet, input: input)
  }

  /// The utterances that go through the network together.
  private static let batchCount = 8
}
