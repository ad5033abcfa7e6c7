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

  /// Samples without a header; two seconds of a sound that changes, then one that does not.
  private func rawSound() throws -> [Int16] {
    (0..<3 * 8000).map { place in
      let time = Double(place) / 8000
      let pitch = place < 2 * 8000 ? 300 + 200 * sin(9 * time) : 700
      return Int16(9000 * sin(2 * .pi * pitch * time))
    }
  }

  private func write(_ samples: [Int16], to name: String) throws -> String {
    try directory.write(
      samples.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] },
      to: name)
  }

  /// What a transcript says but for the name of its file, with readings and scores.
  private func heard(_ arguments: String...) throws -> String {
    let outcome = try Program.run(
      ["transcribe", model] + arguments + ["--format", "json", "--results", "3"])
    #expect(outcome.status == 0, "\(outcome)")
    return String(outcome.output.drop { $0 != "," })
  }

  @Test func soundIsTheSameWhereverItComesFrom() throws {
    let samples = try rawSound()
    let raw = try write(samples, to: "sound.raw")
    let whole = try heard(raw, "--raw", "s16", "--raw-rate", "8000")
    #expect(whole.contains(#""duration": 3.0"#) && whole.contains("alternatives"))

    _ = try write(samples.flatMap { [0, $0] }, to: "stereo.raw")
    let stereo = ["--raw", "s16", "--raw-rate", "8000", "--raw-channels", "2"]
    let right = try Program.run(
      ["transcribe", model, directory["stereo.raw"]] + stereo
        + ["--channel", "1", "--format", "json", "--results", "3"])
    #expect(String(right.output.drop { $0 != "," }) == whole, "\(right)")
    let third = try Program.run(
      ["transcribe", model, directory["stereo.raw"]] + stereo + ["--channel", "2"])
    #expect(third.status == 65 && third.error.contains("stereo.raw"), "\(third)")

    // As many samples from the second on as a file of their own.
    let part = try write(Array(samples[8000..<20_000]), to: "part.raw")
    let cut = try heard(
      raw, "--raw", "s16", "--raw-rate", "8000", "--from", "1", "--duration", "1.5")
    let alone = try heard(part, "--raw", "s16", "--raw-rate", "8000")
    func readings(_ line: String) -> Substring? {
      line.range(of: #""alternatives""#).map { line[$0.lowerBound...] }
    }
    #expect(cut.contains(#""duration": 1.5"#) && readings(cut) == readings(alone))
    #expect(readings(cut) != nil && readings(cut) != readings(whole))
    let late = try Program.run(
      "transcribe", model, raw, "--raw", "s16", "--raw-rate", "8000", "--from", "99")
    #expect(late.status == 65 && late.error.contains("audio of at least 99.0 s"), "\(late)")
    #expect(late.error.contains("3.0 s"))
  }

  @Test func standardInputIsHeard() throws {
    let raw = try write(rawSound(), to: "sound.raw")
    let file = try Program.run("transcribe", model, raw, "--raw", "s16", "--raw-rate", "8000")
    let options = "transcribe '\(model)' - --raw s16 --raw-rate 8000"
    let input = try Program.shell("$apus \(options) < sound.raw", in: directory.path)
    #expect(file.status == 0 && input.status == 0 && input.output == file.output, "\(input)")
    let stream = try Program.shell(
      "cat sound.raw | $apus \(options) --stream", in: directory.path)
    #expect(stream.status == 0 && stream.output.hasSuffix("\n"), "\(stream)")
    #expect(stream.error.hasSuffix("\n") && !stream.error.contains("Error"), "\(stream)")
  }

  @Test func formsAndSearchesCanBeChosen() throws {
    let good = "\(Self.speech)/held-out/olga-3.flac"
    for (format, head) in [("text", ""), ("srt", ""), ("vtt", "WEBVTT\n\n"), ("audacity", "")] {
      let outcome = try Program.run("transcribe", model, good, "--format", format)
      #expect(outcome.status == 0 && outcome.output.hasPrefix(head), "\(outcome)")
    }
    let plain = try heard(good)
    let members = Data("{\(plain.dropFirst())".utf8)
    let object = try #require(
      try JSONSerialization.jsonObject(with: members) as? [String: Any])
    let readings = try #require(object["alternatives"] as? [[String: Any]])
    #expect(readings.count == 3 && readings[0]["text"] as? String == object["text"] as? String)
    let scores = readings.compactMap { $0["score"] as? Double }
    #expect(scores.count == 3 && scores == scores.sorted(by: >))

    let lexicon = try directory.write("zero\nseven\n", to: "words.txt")
    let limited = try Program.run("transcribe", model, good, "--lexicon", lexicon)
    #expect(limited.status == 0, "\(limited)")
    #expect(limited.output.split { $0.isWhitespace }.allSatisfy { $0 == "zero" || $0 == "seven" })
    let text = try directory.write("zero one two\nthree four five\nno yes\n", to: "text.txt")
    let trained = try Program.run(
      "ngram", "train", text, "--order", "2", "--output", directory["words.arpa"])
    #expect(trained.status == 0, "\(trained)")
    #expect(try heard(good, "--language-model", directory["words.arpa"], "--beta", "3") != plain)
    #expect(try Program.run("transcribe", model, good, "--hot-word", "zero").status == 0)
  }

  @Test func resultsThatNothingCanShowAreRefused() throws {
    for options in [
      ["--results", "0", "--format", "json"],
      ["--results", "5", "--beam", "4", "--format", "json"], ["--results", "2"],
      ["--results", "2", "--format", "json", "--stream"],
    ] {
      try Program.run(["transcribe", model, "a.wav"] + options)
        .expectUsageError(naming: "--results")
    }
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
