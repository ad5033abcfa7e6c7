import Foundation
import Testing

/// The commands of speech, on the project's own spoken digits.
@Suite struct SpeechCommandTests {
  private static let speech = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "corpora/speech").path
  private static let heldOut = "\(speech)/held-out.jsonl"
  private static let recipe = """
    name: few-steps
    model:
      kind: deepspeech2
      channelCounts: [4]
      timeSizes: [5]
      binSizes: [5]
      timeStrides: [2]
      binStrides: [4]
      hiddenSize: 8
      layerCount: 1
    features:
      kind: logMel
      sampleRate: 8000
      bandCount: 20
    objective:
      kind: transcription
    optimizer:
      kind: adam
      learningRate: 0.01
    training:
      steps: 3
      secondsPerBatch: 10
      precision: fp32

    """

  let directory: TemporaryDirectory
  let model: String

  init() throws {
    directory = try TemporaryDirectory()
    model = directory["run"]
    let recipe = try directory.write(Self.recipe, to: "recipe.yaml")
    let outcome = try Program.run(
      "train", "--recipe", recipe, "--data", Self.heldOut, "--validation", Self.heldOut,
      "--output", model)
    #expect(outcome.status == 0, "\(outcome)")
  }

  @Test func badFilesArePassedOverAndNamed() throws {
    let good = "\(Self.speech)/held-out/olga-1.flac"
    let broken = try directory.write("this is no audio", to: "broken.wav")
    let outcome = try Program.run(
      "transcribe", model, good, broken, directory["missing.wav"], "--output", directory["out"],
      "--format", "json")
    #expect(outcome.status == 65, "\(outcome)")
    #expect(outcome.error.contains("broken.wav") && outcome.error.contains("missing.wav"))
    let line = try directory.text(of: "out/olga-1.flac.json")
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    #expect(object["duration"] as? Double ?? 0 > 0.3)
    #expect(object["words"] is [Any])

    let same = try Program.run("transcribe", model, good, good, "--output", directory["out"])
    #expect(same.status == 65 && same.error.contains("olga-1.flac"), "\(same)")
    let alone = try Program.run("transcribe", model, broken)
    #expect(alone.status == 65 && alone.error.contains("broken.wav"), "\(alone)")
  }

  @Test func streamsShowWhatWasHeardSoFar() throws {
    let good = "\(Self.speech)/held-out/olga-3.flac"
    let pieces = try Program.run("transcribe", model, good, "--format", "ctm", "--piece", "0.5")
    #expect(pieces.status == 0 && pieces.error.isEmpty, "\(pieces)")
    let stream = try Program.run("transcribe", model, good, "--stream")
    #expect(stream.status == 0 && !stream.error.contains("Error"), "\(stream)")
    #expect(stream.error.hasSuffix("\n"))
  }

  @Test func wordsAreAlignedInTheirOrder() throws {
    let outcome = try Program.run("align", model, "--data", Self.heldOut, "--format", "ctm")
    #expect(outcome.status == 0, "\(outcome)")
    let fields = outcome.output.split(separator: "\n").map { $0.split(separator: " ") }
    #expect(fields.count == 54)
    let first = fields.filter { $0[0] == "olga-2" }
    #expect(first.map { $0[4] } == ["two", "three", "nine"])
    let starts = first.compactMap { Double($0[2]) }
    #expect(starts == starts.sorted() && (starts.last ?? 9) < 1.223)

    let manifest = try directory.write(
      #"{"audio_filepath": "\#(Self.speech)/held-out/olga-1.flac", "text": "nïne", "id": "odd"}"#,
      to: "odd.jsonl")
    let odd = try Program.run("align", model, "--data", manifest)
    #expect(odd.status == 65 && odd.error.contains("odd") && odd.error.contains("U+EF"))
  }

  @Test func errorsAreCountedByKind() throws {
    let outcome = try Program.run("evaluate", model, "--data", Self.heldOut, "--json")
    #expect(outcome.status == 0, "\(outcome)")
    let report = try outcome.json()
    let words = try #require(report["words"] as? [String: Any])
    let wrong = ["insertions", "deletions", "substitutions"].compactMap { words[$0] as? Int }
    #expect(wrong.count == 3 && words["reference"] as? Int == 54)
    #expect(abs((report["wer"] as? Double ?? 0) - Double(wrong.reduce(0, +)) / 54) < 1e-9)

    let lexicon = try directory.write("zero\nseven\n", to: "words.txt")
    let searched = try Program.run(
      "evaluate", model, "--data", Self.heldOut, "--json", "--beam", "20", "--lexicon", lexicon)
    #expect(searched.status == 0, "\(searched)")
    let worst = try #require(try searched.json()["worst"] as? [[String: Any]])
    let heard = worst.compactMap { $0["hypothesis"] as? String }.joined(separator: " ")
    #expect(heard.split(separator: " ").allSatisfy { $0 == "zero" || $0 == "seven" })
  }

  @Test func languageModelsAreWeighed() throws {
    let text = try directory.write("zero one two\nthree four five\nno yes\n", to: "text.txt")
    let languageModel = directory["words.arpa"]
    let trained = try Program.run(
      "ngram", "train", text, "--order", "2", "--output", languageModel)
    #expect(trained.status == 0, "\(trained)")
    let tuned = try Program.run(
      "tune-decoder", model, "--data", Self.heldOut, "--language-model", languageModel, "--beam",
      "4", "--json")
    #expect(tuned.status == 0, "\(tuned)")
    #expect(try tuned.json()["alpha"] is Double)
  }

  @Test func infoAndDoctorKnowRecognizers() throws {
    let info = try Program.run("info", model + "/best", "--json")
    #expect(info.status == 0, "\(info)")
    let report = try info.json()
    #expect(report["architecture"] as? String == "deepspeech2")
    #expect(report["features"] as? String == "log_mel" && report["sample_rate"] as? Int == 8000)
    #expect(try Program.run("doctor", model + "/best").status == 0)
    try FileManager.default.removeItem(atPath: model + "/best/vocab.json")
    let doctor = try Program.run("doctor", model + "/best")
    #expect(doctor.status == 65 && doctor.output.contains("vocab.json"), "\(doctor)")
  }

  @Test func picturesShowTheWords() throws {
    let text = try directory.write("two three\nnine\n", to: "said.txt")
    let outcome = try Program.run(
      "inspect", "speech", model, "\(Self.speech)/held-out/olga-2.flac", "--text", text, "--svg",
      directory["picture.svg"])
    #expect(outcome.status == 0, "\(outcome)")
    #expect(outcome.output == "two three nine\n")
    let svg = try directory.text(of: "picture.svg")
    #expect(svg.hasSuffix("</svg>\n") && svg.contains(">three</text>"))
  }
}
