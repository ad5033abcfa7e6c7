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
