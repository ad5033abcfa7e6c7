import ApusAudio
import ApusFiles
import ApusTensors
import ApusTraining
import Foundation
import Testing

struct SpeechTaskTests {
  @Test func tonesAreLearntAndRunsGoOnBitForBit() throws {
    let directory = try TemporaryDirectory()
    let training = try Tones.write(48, seed: 1, to: directory.path)
    let validation = try Tones.write(10, seed: 2, to: directory.path)
    let recipe = try Recipe(yaml: Tones.recipe)
    func run(_ name: String) throws -> TrainingRun<SpeechTask> {
      try TrainingRun(
        transcribing: recipe, in: "\(directory.path)/\(name)", data: training,
        validation: validation)
    }
    try run("whole").run(showsProgress: false)
    var steps = 0
    try run("parts").run(showsProgress: false) {
      steps += 1
      return steps == 17
    }
    try run("parts").run(showsProgress: false)
    let weights = try ["whole", "parts"].map {
      try Data(contentsOf: URL(filePath: "\(directory.path)/\($0)/model.safetensors"))
    }
    #expect(weights[0] == weights[1])

    let recognizer = try SpeechRecognizer("\(directory.path)/whole")
    let score = try recognizer.score(on: validation)
    #expect(score.errors.words.length == 20)
    #expect(score.errors.words.rate <= 0.05, "\(score.worst(3))")
    #expect(score.loss < 0.2)
  }

  /// A recipe whose utterances are changed as the lines say.
  private func changed(by lines: String...) throws -> Recipe {
    let section = lines.map { "\n  \($0)" }.joined()
    let yaml = Tones.recipe.replacing(
      "augmentation:\n  speed: 0.02\n  gain: 3",
      with: lines.isEmpty ? "" : "augmentation:\(section)"
    )
    .replacing("steps: 100", with: "steps: 6")
    .replacing("  validateEvery: 50\n  checkpointEvery: 50\n", with: "")
    return try Recipe(yaml: yaml)
  }

  /// Noise, rooms and all else are drawn for the epoch and the utterance that a run has come to.
  @Test func changedUtterancesAreTheSameWhereARunGoesOn() throws {
    let directory = try TemporaryDirectory()
    let data = try Tones.write(12, seed: 1, to: directory.path)
    let (noise, rooms) = ("\(directory.path)/noise", "\(directory.path)/rooms")
    var room = [Float](repeating: 0, count: 400)
    for (place, value) in [(0, 0.9), (150, 0.5), (399, -0.3)] { room[place] = Float(value) }
    for (path, recordings) in [
      (noise, [Tones.samples("ac", seed: 5), Tones.samples("cb", seed: 6)]), (rooms, [room]),
    ] {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
      for (number, samples) in recordings.enumerated() {
        try AudioWriter.write(samples, rate: Tones.rate, to: "\(path)/\(number).wav")
      }
    }
    let recipe = try changed(
      by: "tempo: 0.1", "shift: 0.05", "noise: \(noise)", "reverberation: \(rooms)",
      "timeMasks: 1", "timeWidth: 4", "frequencyMasks: 1", "frequencyWidth: 3")
    func run(_ name: String, _ recipe: Recipe) throws -> TrainingRun<SpeechTask> {
      try TrainingRun(transcribing: recipe, in: "\(directory.path)/\(name)", data: data)
    }
    try run("whole", recipe).run(showsProgress: false)
    var steps = 0
    try run("parts", recipe).run(showsProgress: false) {
      steps += 1
      return steps == 3
    }
    try run("parts", recipe).run(showsProgress: false)
    try run("plain", changed()).run(showsProgress: false)
    let weights = try ["whole", "parts", "plain"].map {
      try Data(contentsOf: URL(filePath: "\(directory.path)/\($0)/model.safetensors"))
    }
    #expect(weights[0] == weights[1])
    #expect(weights[0] != weights[2])
  }

  /// By the name of the setting, in the run as in its best model, wherever that is now.
  @Test func otherFeaturesThanThoseOfTheRunAreRefused() throws {
    let directory = try TemporaryDirectory()
    let data = try Tones.write(6, seed: 1, to: directory.path)
    let path = "\(directory.path)/run"
    try TrainingRun(
      transcribing: changed(), in: path, data: data, validation: data
    ).run(showsProgress: false)
    try FileManager.default.copyItem(atPath: "\(path)/best", toPath: "\(directory.path)/alone")
    for model in [path, "\(path)/best", "\(directory.path)/alone"] {
      _ = try SpeechRecognizer(model)
      let file = "\(model)/features.json"
      let text = try String(contentsOfFile: file, encoding: .utf8)
      let other = text.replacing("\"hann\"", with: "\"povey\"")
      #expect(other != text)
      try other.write(toFile: file, atomically: true, encoding: .utf8)
      let error = #expect(throws: InputError.self) { try SpeechRecognizer(model) }
      #expect(error?.expected == "the feature setting window \"hann\"")
      #expect(error?.found == "\"povey\"")
    }
  }

  @Test(arguments: ["noise", "reverberation"])
  func recordingsThatAreMissingAreNamed(_ change: String) throws {
    let directory = try TemporaryDirectory()
    let data = try Tones.write(1, seed: 1, to: directory.path)
    let recipe = try changed(by: "\(change): \(directory.path)/no-recordings")
    #expect {
      try TrainingRun(transcribing: recipe, in: "\(directory.path)/run", data: data)
    } throws: {
      "\($0)".contains("no-recordings")
    }
  }

  @Test func linesOfWritingAreRead() throws {
    let directory = try TemporaryDirectory()
    let training = try DrawnLines.write(96, seed: 1, to: directory.path)
    let test = try DrawnLines.write(20, seed: 2, to: directory.path)
    try TrainingRun(
      transcribing: Recipe(yaml: DrawnLines.recipe), in: "\(directory.path)/run", data: training
    ).run(showsProgress: false)
    let score = try SpeechRecognizer("\(directory.path)/run").score(on: test)
    #expect(score.errors.characters.length > 60)
    #expect(score.errors.characters.rate <= 0.03, "\(score.worst(3))")
  }

  @Test(arguments: [
    ("{\"audio_filepath\": \"missing.wav\", \"text\": \"a\"}", "missing.wav"),
    ("{\"audio_filepath\": \"1-0.wav\"}", "transcript"),
    ("{\"audio_filepath\": \"1-0.wav\", \"text\": \"  \"}", "character"),
    (
      "{\"audio_filepath\": \"1-0.wav\", \"text\": \"\(String(repeating: "ab", count: 500))\"}",
      "long enough"
    ),
  ])
  func manifestsThatCannotBeUsedAreNamed(_ line: String, _ named: String) throws {
    let directory = try TemporaryDirectory()
    _ = try Tones.write(1, seed: 1, to: directory.path)
    let path = "\(directory.path)/broken.jsonl"
    try line.write(toFile: path, atomically: true, encoding: .utf8)
    #expect {
      try TrainingRun(
        transcribing: Recipe(yaml: Tones.recipe), in: "\(directory.path)/run", data: path)
    } throws: {
      "\($0)".contains(named)
    }
  }

  @Test func utterancesTooShortForTheirTranscriptsAreLeftOut() throws {
    let directory = try TemporaryDirectory()
    let path = try Tones.write(3, seed: 1, to: directory.path)
    let long = String(repeating: "abc", count: 200)
    let extra = JSONValue.object([
      ("audio_filepath", .string("1-0.wav")), ("text", .string(long)),
    ])
    let lines = try String(contentsOfFile: path, encoding: .utf8)
    try (lines + extra.line).write(toFile: path, atomically: true, encoding: .utf8)
    var reports: [String] = []
    let run = try TrainingRun(
      transcribing: Recipe(yaml: Tones.recipe), in: "\(directory.path)/run", data: path
    ) { reports.append($0) }
    #expect(reports.contains { $0.contains("1 utterances are too short") })
    #expect(run.task.batchCountOfEpoch == 1)
  }

  @Test(arguments: [
    ("secondsPerBatch: 6", "tokensPerBatch: 600", "secondsPerBatch"),
    (
      "kind: logMel\n  sampleRate: 8000\n  bandCount: 16", "kind: waveform",
      "other than waveform"
    ),
    ("timeSizes: [5]", "timeSizes: [4]", "odd"),
    ("binSizes: [5]", "binSizes: [5, 5]", "binSizes"),
    ("cell: gru", "cell: gru\n  lookahead: 3", "lookahead"),
  ])
  func recipesThatCannotBeMeantAreRefused(_ old: String, _ new: String, _ named: String) {
    let yaml = Tones.recipe.replacing(old, with: new)
    #expect(yaml != Tones.recipe)
    let error = #expect(throws: InputError.self) { try Recipe(yaml: yaml) }
    #expect(error.map { "\($0)".contains(named) } == true, "\(String(describing: error))")
  }
}
