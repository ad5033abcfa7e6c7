import Foundation
import Testing

/// An ensemble from directories of texts to answers, through the program.
@Suite struct EnsembleTests {
  private let directory: TemporaryDirectory
  private let recipe: String

  init() throws {
    directory = try TemporaryDirectory()
    recipe = try directory.write(Self.recipe, to: "small.yaml")
    for index in 0..<60 {
      let path = "\(index < 48 ? "train" : "dev")/\(Phrases.label(index))/\(index)"
      _ = try directory.write(Phrases.text(index) + "\n", to: path)
    }
  }

  private static let recipe = """
    name: small
    model:
      kind: rmdl
      models: 3
      networks: [dnn, textcnn, bilstm]
      optimizers: [adam, rmsprop]
      dropouts: [0, 0.2]
      denseLayers: [1, 2]
      denseSizes: [8, 12]
      embeddingSize: 8
      longestText: 20
      kernelCounts: [1, 2]
      kernelSizes: [1, 2]
      convolutionLayers: [1, 2]
      channelCounts: [4, 8]
      recurrentLayers: [1, 1]
      recurrentSizes: [6, 8]
    tokenizer:
      kind: word
      vocabularySize: 100
      lowercases: true
    objective:
      kind: classification
    optimizer:
      kind: adam
      learningRate: 0.02
    training:
      epochs: 20
      sequencesPerBatch: 8
      precision: fp32

    """

  private func arguments(
    _ output: String, threads: Int = 1, every: Int = 20, _ more: String...
  ) -> [String] {
    [
      "train", "--recipe", recipe, "--data", directory["train"], "--validation", directory["dev"],
      "--output", directory[output], "--quiet", "--threads", "\(threads)", "--checkpoint-every",
      "\(every)",
    ] + more
  }

  private func weights(_ output: String, _ member: Int) throws -> Data {
    try Data(
      contentsOf: URL(filePath: directory["\(output)/members/\(member)/model.safetensors"]))
  }

  private func evaluated(_ output: String, _ more: String...) throws -> [String: Any] {
    try Program.run(["evaluate", directory[output], "--data", directory["dev"], "--json"] + more)
      .json()
  }

  @Test func isOneModel() throws {
    let trained = try Program.run(arguments("run"))
    #expect(trained.status == 0, "\(trained)")
    let score = try evaluated("run")
    #expect(score["accuracy"] as? Double == 1 && score["vote"] as? String == "majority")
    #expect((score["average"] as? [String: Double])?["accuracy"] == 1)
    #expect((score["members"] as? [String: Any])?.count == 3)
    #expect(try evaluated("run", "--vote", "average")["vote"] as? String == "average")

    let input = try directory.write("The Cat !\nsomething green\n\n", to: "input.txt")
    let answers = try Program.run(["classify", directory["run"], "--input", input, "--json"])
    let objects = try answers.lines.map {
      try #require(JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
    }
    #expect(objects.count == 3)
    #expect(objects.prefix(2).map { $0["label"] as? String } == ["beast", "colour"])
    for object in objects {
      let votes = try #require(object["votes"] as? [String: Int])
      #expect(votes.values.reduce(0, +) == 3 && Set(votes.keys) == ["beast", "colour"])
      let probabilities = try #require(object["probabilities"] as? [String: Double])
      #expect(abs(probabilities.values.reduce(0, +) - 1) < 1e-6)
    }

    try describesItself("run", score)

    // A student learns from all three, and is a model like any other.
    let student = try Program.run([
      "train", "--recipe", "dnn", "--data", directory["train"], "--validation", directory["dev"],
      "--teacher", directory["run"], "--output", directory["student"], "--quiet", "--threads", "1",
      "--steps", "60",
    ])
    #expect(student.status == 0, "\(student)")
    let kept = try String(contentsOfFile: directory["student/recipe.yaml"], encoding: .utf8)
    #expect(kept.contains("teacherShare: 0.9") && kept.contains("temperature: 2"))
    let studied = try evaluated("student")
    #expect(studied["accuracy"] as? Double ?? 0 > 0.9, "\(studied)")
    #expect(studied["vote"] == nil)

    // Larger ensembles keep the members that are there.
    let former = try (0..<3).map { try weights("run", $0) }
    #expect(try Program.run(arguments("run") + ["--models", "4"]).status == 0)
    #expect(try (0..<3).map { try weights("run", $0) } == former)
    #expect((try evaluated("run")["members"] as? [String: Any])?.count == 4)

    // Asked for less, a finished one stays as it is.
    let written = ["README.md", "config.json", "recipe.yaml"]
    let before = try written.map { try directory.text(of: "run/\($0)") }
    #expect(try Program.run(arguments("run") + ["--models", "4", "--steps", "2"]).status == 0)
    #expect(try written.map { try directory.text(of: "run/\($0)") } == before)

    try refuses()
  }

  /// The card has data, settings, members and both votes, and measures what `apus evaluate` does.
  private func describesItself(_ run: String, _ score: [String: Any]) throws {
    let card = try String(contentsOfFile: directory["\(run)/README.md"], encoding: .utf8)
    let dev = directory["dev"]
    for part in [
      "An ensemble of 3 classifiers of texts (rmdl)", "by their majority vote.",
      "| training | \(directory["train"]) | 48 |", "| validation | \(dev) | 12 |",
      "Labels of \(dev) (validation): beast 6 (50.0 %), colour 6 (50.0 %).",
      "| model.dropouts | 0, 0.2 |", "| majority vote | \(dev) | accuracy | 1.0000 |",
      "| averaged probabilities | \(dev) | macro_f1 | 1.0000 |", "dense layers of",
      "](confusion.svg)", "one of them all the same.", "train --recipe", "Seed: 0",
    ] { #expect(card.contains(part), "\(part)\n\(card)") }
    let members = try #require(score["members"] as? [String: [String: Any]])
    for (name, member) in members {
      let accuracy = try #require(member["accuracy"] as? Double)
      let row = "| \(name) | \(dev) | accuracy | \(String(format: "%.4f", accuracy)) |"
      #expect(card.contains("| \(name) | ") && card.contains(row), "\(row)\n\(card)")
    }
    let rows = try String(contentsOfFile: directory["\(run)/predictions.jsonl"], encoding: .utf8)
    #expect(rows.split(separator: "\n").count == 12)

    let info = try Program.run("info", directory[run], "--json").json()
    let model = try #require(info["model"] as? [String: Any])
    #expect(model["architecture"] as? String == "rmdl" && info["finished"] as? Bool == true)
    // Twenty epochs of six batches, by three members.
    #expect(info["step"] as? Int == 360 && info["steps"] as? Int == 360, "\(info)")
    #expect(try Program.run("doctor", directory[run]).status == 0)
  }

  /// What does not fit the ensemble that was trained.
  private func refuses() throws {
    func evaluate(_ name: String) throws -> Program.Outcome {
      try Program.run(["evaluate", directory[name], "--data", directory["dev"]])
    }
    try Program.run([
      "evaluate", directory["student"], "--data", directory["dev"], "--vote", "average",
    ])
    .expectFailure(65, naming: "an ensemble, whose members can vote")
    try Program.run(arguments("run") + ["--seed", "5"])
      .expectFailure(65, naming: "members/0/recipe.yaml", "the recipe that the run began with")
    try Program.run(arguments("other") + ["--teacher", directory["run"]])
      .expectFailure(65, naming: "no --teacher for an ensemble")
    let plants = try directory.write("plant a tree\nbeast a cow\n", to: "plants.txt")
    try Program.run([
      "train", "--recipe", "dnn", "--data", plants, "--teacher", directory["run"], "--output",
      directory["plants"], "--quiet",
    ]).expectFailure(65, naming: "a teacher of the 2 labels", "of which 1 are the same")
    let labels = directory["run/members/1/best/config.json"]
    let sound = try String(contentsOfFile: labels, encoding: .utf8)
    try sound.replacing("beast", with: "animal").write(
      toFile: labels, atomically: true, encoding: .utf8)
    try evaluate("run").expectFailure(65, naming: "members/1/best", "of which 1 are the same")
    let doctor = try Program.run("doctor", directory["run"])
    #expect(doctor.status == 65 && doctor.output.contains("members/1/best"), "\(doctor)")
    try FileManager.default.removeItem(atPath: directory["run/members/1"])
    try evaluate("run").expectFailure(65, naming: "members/1/best", "a member of the ensemble")
  }

  @Test func resumesWithTheSameBitsOnAnyThreads() throws {
    #expect(try Program.run(arguments("whole", threads: 2)).status == 0)
    for delay in [0.2, 0.3, 0.5] {
      _ = try Program.run(arguments("killed", every: 3), killedAfter: delay)
    }
    if !FileManager.default.fileExists(atPath: directory["killed/config.json"]) {
      let unfinished = try Program.run(["classify", directory["killed"], "--input", recipe])
      #expect(unfinished.status != 0 && unfinished.error.contains("config.json"))
    }
    #expect(try Program.run(arguments("killed", every: 3)).status == 0)
    for member in 0..<3 {
      #expect(try weights("killed", member) == weights("whole", member), "member \(member)")
    }
    #expect(
      try String(contentsOfFile: directory["killed/config.json"], encoding: .utf8)
        == String(contentsOfFile: directory["whole/config.json"], encoding: .utf8))
  }

  /// Each text is told by a run that did not learn from it, of an ensemble and of a single classifier.
  @Test(arguments: ["rmdl", "textcnn"]) func foldsAreMeasured(_ kind: String) throws {
    let outcome = try Program.run([
      "train", "--recipe", kind == "rmdl" ? recipe : kind, "--data", directory["train"], "--output",
      directory["folds"], "--folds", "3", "--steps", "8", "--threads", "1", "--quiet",
    ])
    #expect(outcome.status == 0, "\(outcome)")
    let results = try JSONSerialization.jsonObject(
      with: Data(contentsOf: URL(filePath: directory["folds/results.json"])))
    let rows = try #require((results as? [String: Any])?["results"] as? [[String: Any]])
    let accuracy = try #require(rows.first { $0["metric"] as? String == "accuracy" })
    #expect((accuracy["values"] as? [Double])?.count == 3)
    let counts = try (1...3).map { fold in
      try String(
        contentsOfFile: directory["folds/fold-\(fold)/held-out/predictions.jsonl"], encoding: .utf8
      ).split(separator: "\n").count
    }
    #expect(counts.reduce(0, +) == 48 && !counts.contains(0), "\(counts)")
  }

  @Test func refusesWhatCanNotBeLearned() throws {
    func run(_ data: String, _ validation: String) throws -> Program.Outcome {
      try Program.run([
        "train", "--recipe", recipe, "--data", directory[data], "--validation",
        directory[validation], "--output", directory["bad"], "--threads", "1", "--quiet",
      ])
    }
    _ = try directory.write("alone", to: "one/label/1")
    try run("one", "dev").expectFailure(65, naming: "one", "two labels or more")
    _ = try directory.write("  \n", to: "empty/a/1")
    try run("empty", "dev").expectFailure(65, naming: "empty/a/1", "a text")
    _ = try directory.write("x y", to: "short/a/1")
    _ = try directory.write("y z", to: "short/b/1")
    try run("short", "short").expectFailure(65, naming: "words of two letters or more")
    // A label that only the validation texts have counts as wrong, and is told of.
    _ = try directory.write("a tree", to: "dev2/plant/1")
    _ = try directory.write("a cow", to: "dev2/beast/1")
    let told = try Program.run([
      "train", "--recipe", recipe, "--data", directory["train"], "--validation",
      directory["dev2"], "--output", directory["told"], "--threads", "1", "--steps", "2",
    ])
    #expect(told.status == 0 && told.error.contains("1 texts of"), "\(told)")
    #expect(told.error.contains("\"plant\": they count as wrong"), "\(told)")
  }
}
