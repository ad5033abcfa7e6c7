import ApusTensors
import Foundation
import Testing

/// Runs go on with what they began with, wherever it lies, and with nothing else.
@Suite struct RunSourcesTests {
  private let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  private func bytes(_ name: String) throws -> Data {
    try Data(contentsOf: URL(filePath: directory[name]))
  }

  /// The arguments of a classifier's run on files of the directory.
  private func classifier(_ output: String, _ data: String, _ validation: String?) -> [String] {
    [
      "train", "--recipe", directory["small.yaml"], "--data", directory[data], "--output",
      directory[output], "--quiet", "--threads", "1",
    ] + (validation.map { ["--validation", directory[$0]] } ?? [])
  }

  private func writeTexts() throws {
    _ = try directory.write(
      """
      model: {kind: textcnn, embeddingSize: 4, kernelSizes: [1], channelCount: 4}
      tokenizer: {kind: word, vocabularySize: 100, lowercases: true}
      objective: {kind: classification}
      optimizer: {kind: adam, learningRate: 0.02}
      training: {steps: 5, sequencesPerBatch: 8, precision: fp32}

      """, to: "small.yaml")
    _ = try directory.write(Phrases.lines(0..<48), to: "train.txt")
    _ = try directory.write(Phrases.lines(48..<60), to: "dev.txt")
  }

  private static let written = [
    "README.md", "best/README.md", "predictions.jsonl", "recipe.yaml", "model.safetensors",
    "training/sources.json",
  ]

  @Test func finishedClassifiersStayAsTheyAre() throws {
    try writeTexts()
    let command = classifier("run", "train.txt", "dev.txt")
    #expect(try Program.run(command).status == 0)
    let before = try Self.written.map { try bytes("run/\($0)") }
    #expect(try directory.text(of: "run/recipe.yaml").hasPrefix("name: small\n"))
    func requireSame() throws {
      for (name, bytes) in zip(Self.written, before) {
        #expect(try self.bytes("run/\(name)") == bytes, "\(name)")
      }
    }
    #expect(try Program.run(command + ["--steps", "2"]).status == 0)
    try requireSame()
    try Program.run(classifier("run", "dev.txt", "train.txt") + ["--steps", "2"])
      .expectFailure(65, naming: "dev.txt: expected the data that the run in", "train.txt of")
    try Program.run(classifier("run", "train.txt", "train.txt"))
      .expectFailure(65, naming: "train.txt: expected the validation that the run in", "dev.txt of")
    try Program.run(classifier("run", "train.txt", nil))
      .expectFailure(65, naming: "the validation that the run began with", "got none")
    try Program.run(classifier("run", "none.txt", "dev.txt")).expectFailure(66, naming: "none.txt")
    try requireSame()

    // A run that was killed before its card was written gets it from the same command.
    try FileManager.default.removeItem(atPath: directory["run/training/finished"])
    try FileManager.default.removeItem(atPath: directory["run/README.md"])
    #expect(try Program.run(command).status == 0)
    try requireSame()

    // The same texts may have moved, and a longer run keeps its new length.
    for name in ["train.txt", "dev.txt"] {
      try FileManager.default.createDirectory(
        atPath: directory["moved"], withIntermediateDirectories: true)
      try FileManager.default.moveItem(
        atPath: directory[name], toPath: directory["moved/\(name)"])
    }
    let moved = classifier("run", "moved/train.txt", "moved/dev.txt") + ["--steps", "9"]
    #expect(try Program.run(moved).status == 0)
    #expect(try directory.text(of: "run/recipe.yaml").contains("steps: 9\n"))
    #expect(try directory.text(of: "run/README.md").contains("moved/train.txt"))
  }

  @Test func columnsStayAsTheyWere() throws {
    try writeTexts()
    let rows = (0..<48).map { "\(Phrases.text($0)),\(Phrases.label($0)),no \($0)\n" }.joined()
    _ = try directory.write("text,label,note\n" + rows, to: "rows.csv")
    let command = classifier("run", "rows.csv", nil)
    #expect(try Program.run(command + ["--label-column", "label"]).status == 0)
    #expect(try Program.run(command + ["--label-column", "label", "--steps", "6"]).status == 0)
    for other in [[], ["--label-column", "label", "--text-column", "note"]] {
      try Program.run(command + other + ["--steps", "7"]).expectFailure(
        65, naming: "rows.csv: expected the data to be read as when the run in",
        "with --label-column label")
    }
  }

  @Test func pretrainingReadsTheTextItBeganWith() throws {
    let run = try SmallRun(.gpt, in: directory)
    #expect(try Program.run(run.arguments("run", steps: 4)).status == 0)
    let other = try directory.write(
      try directory.text(of: "small.txt").replacing("The", with: "Teh"), to: "other.txt")
    func arguments(_ data: String, steps: Int) -> [String] {
      run.arguments("run", steps: steps).map { $0 == run.data ? data : $0 }
    }
    try Program.run(arguments(directory["none.txt"], steps: 6))
      .expectFailure(66, naming: "none.txt")
    try Program.run(arguments(other, steps: 6))
      .expectFailure(65, naming: "other.txt: expected the data that the run in", "other content")
    try Program.run(run.arguments("run", steps: 6) + ["--validation", other])
      .expectFailure(65, naming: "other.txt: expected no validation")

    // Without a checkpoint a run begins again, and what it made of other text goes.
    try FileManager.default.removeItem(atPath: directory["run/training/checkpoint.safetensors"])
    #expect(try Program.run(arguments(other, steps: 6)).status == 0)
    let fresh = run.arguments("fresh", steps: 6).map { $0 == run.data ? other : $0 }
    #expect(try Program.run(fresh).status == 0)
    #expect(try run.weights("run") == run.weights("fresh"))
  }

  @Test func tasksGoOnWithTheirEncoderAndTheirTexts() throws {
    let fixture = try TaskFixture(
      count: 24, sentence: { ("\($0) fox jumps", $0 % 2 == 0 ? "fox" : "dog") },
      pair: { ("rivers \($0)", "rivers") }, training: "steps: 2, precision: fp32")
    let place = fixture.directory
    #expect(try fixture.finetune("run").status == 0)
    let kept = try place.text(of: "run/recipe.yaml")
    #expect(kept.hasPrefix("name: tasks\n"))
    for section in ["tokenizer:", "data:\n", "objective:"] {
      #expect(!kept.contains("\n\(section)"), "\(section)")
    }
    // A card beside the weights is no part of the encoder.
    _ = try place.write("about\n", to: "encoder/README.md")
    #expect(try fixture.finetune("run", ["--steps", "3"]).status == 0)

    // Another file of tasks may name the same texts elsewhere.
    _ = try place.write(try place.text(of: "beasts.tsv"), to: "moved.tsv")
    let moved = try place.write(
      try place.text(of: "tasks.yaml").replacing("data: beasts.tsv", with: "data: moved.tsv"),
      to: "moved.yaml")
    func finetune(_ tasks: String, _ encoder: String) throws -> Program.Outcome {
      try Program.run([
        "finetune", tasks, "--encoder", encoder, "--output", place["run"], "--steps", "4",
        "--quiet",
      ])
    }
    #expect(try finetune(moved, fixture.encoder).status == 0)
    let more = try place.text(of: "moved.tsv") + "one more\tfox\n"
    _ = try place.write(more, to: "moved.tsv")
    try finetune(moved, fixture.encoder).expectFailure(
      65, naming: "moved.tsv: expected the data of task beasts that the run in")

    let weights = try Data(contentsOf: URL(filePath: "\(fixture.encoder)/model.safetensors"))
    var changed = Array(weights)
    changed[changed.count - 1] ^= 1
    try FileManager.default.copyItem(atPath: fixture.encoder, toPath: place["other"])
    _ = try place.write(changed, to: "other/model.safetensors")
    try finetune(fixture.tasks, place["other"]).expectFailure(
      65, naming: "other: expected the encoder that the run in", "encoder of")
  }
}
