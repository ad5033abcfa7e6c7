import ApusAudio
import ApusFiles
import ApusModels
import ApusTensors
import ApusTraining
import Foundation
import Testing

/// Recognisers that begin with a pretrained wav2vec 2.0: the golden one of the models' tests.
@Suite struct SpeechFineTuningTests {
  private static let encoder =
    URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path() + "ApusModelsTests/Golden/wav2vec2/base"
  private static let recipe = """
    name: tuned
    model:
      kind: wav2vec2
    features:
      kind: waveform
      sampleRate: 8000
    objective:
      kind: transcription
    optimizer:
      kind: adam
      learningRate: 0.001
    training:
      steps: 2
      secondsPerBatch: 6
      precision: fp32

    """

  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  @Test func convolutionsOverSamplesStayAndTheRestLearns() throws {
    let data = try Tones.write(6, seed: 1, to: directory.path)
    let encoder = try PretrainedSpeech(Self.encoder)
    let weights = try [1, 2].map { steps in
      let recipe = Self.recipe.replacing("steps: 2", with: "steps: \(steps)")
      let path = "\(directory.path)/\(steps)"
      try TrainingRun(
        transcribing: Recipe(yaml: recipe), in: path, data: data, encoder: encoder
      ).run(showsProgress: false)
      return try SafetensorsFile(contentsOf: "\(path)/model.safetensors")
    }
    let convolutions = encoder.weights.filter {
      $0.key.hasPrefix("wav2vec2.feature_extractor.")
    }
    #expect(convolutions.count > 3)
    for (name, value) in convolutions {
      #expect(try weights[1].tensor(name).floatElements == value.floatElements, "\(name)")
    }
    for name in [
      "lm_head.weight", "lm_head.bias", "wav2vec2.feature_projection.projection.weight",
    ] {
      let values = try weights.map { try $0.tensor(name).floatElements }
      #expect(values[0] != values[1], "\(name)")
    }
  }

  @Test func encodersThatAreMissingAreAskedFor() throws {
    let data = try Tones.write(1, seed: 1, to: directory.path)
    let error = #expect(throws: InputError.self) {
      try TrainingRun(
        transcribing: Recipe(yaml: Self.recipe), in: "\(directory.path)/run", data: data)
    }
    #expect(error?.expected.contains("--encoder") == true, "\(String(describing: error))")
  }

  /// A directory of Hugging Face's has its features in a file of its own.
  @Test(arguments: [
    (#"{"do_normalize": false, "sampling_rate": 8000}"#, FeatureNormalization.none, 8000),
    (#"{"do_normalize": true}"#, .utterance, 16_000),
    ("{}", .utterance, 16_000),
  ])
  func preprocessorsAreObeyed(
    _ preprocessor: String, _ normalization: FeatureNormalization, _ rate: Int
  ) throws {
    for name in ["config.json", "model.safetensors"] {
      try FileManager.default.copyItem(
        atPath: "\(Self.encoder)/\(name)", toPath: "\(directory.path)/\(name)")
    }
    let symbols = ["<pad>", "<s>", "</s>", "<unk>", "|", "A", "B", "C", "D", "E", "F"]
    let vocabulary = JSONValue.object(
      symbols.enumerated().map { (key: $0.element, value: .integer($0.offset)) })
    _ = try directory.write(vocabulary.text, to: "vocab.json")
    _ = try directory.write(preprocessor, to: "preprocessor_config.json")
    guard case .sound(let extractor) = try SpeechRecognizer(directory.path).input else {
      Issue.record("expected sound")
      return
    }
    #expect(extractor.settings.kind == .waveform && extractor.settings.sampleRate == rate)
    #expect(extractor.settings.normalization == normalization)
  }
}
