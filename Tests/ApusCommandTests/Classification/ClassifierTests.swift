import ApusTensors
import Foundation
import Testing

/// A classifier from labelled lines to answers, through the program.
@Suite struct ClassifierTests {
  private let directory: TemporaryDirectory
  private let recipe, data, validation: String

  init() throws {
    directory = try TemporaryDirectory()
    recipe = try directory.write(Self.recipe, to: "small.yaml")
    data = try directory.write(Phrases.lines(0..<48), to: "train.txt")
    validation = try directory.write(Phrases.lines(48..<60), to: "dev.txt")
  }

  private static let recipe = """
    name: small
    model:
      kind: textcnn
      embeddingSize: 8
      kernelSizes: [1, 2]
      channelCount: 4
      dropout: 0.2
      wordDropout: 0.1
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
      epochs: 30
      sequencesPerBatch: 8

    """

  private func arguments(_ output: String, every: Int = 10) -> [String] {
    [
      "train", "--recipe", recipe, "--data", data, "--validation", validation, "--output",
      directory[output], "--quiet", "--threads", "1", "--checkpoint-every", "\(every)",
    ]
  }

  private func weights(_ output: String) throws -> Data {
    try Data(contentsOf: URL(filePath: directory["\(output)/model.safetensors"]))
  }

  @Test func learnsMeasuresAndAnswers() throws {
    #expect(try Program.run(arguments("run")).status == 0)
    let score = try Program.run([
      "evaluate", directory["run/best"], "--data", validation, "--json",
    ]).json()
    #expect(score["accuracy"] as? Double == 1 && score["macro_f1"] as? Double == 1)
    #expect(score["texts"] as? Int == 12)
    try Program.run([
      "evaluate", directory["run/best"], "--data", validation, "--precision", "int8",
    ]).expectFailure(65, naming: "for --precision int8, got a classifier")
    let input = try directory.write("The Cat !\nsomething green\n\n", to: "input.txt")
    let answers = try Program.run(["classify", directory["run"], "--input", input, "--json"])
    let objects = try answers.lines.map {
      try #require(JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
    }
    #expect(objects.count == 3)
    #expect(objects.prefix(2).map { $0["label"] as? String } == ["beast", "colour"])
    let probabilities = try #require(objects[0]["probabilities"] as? [String: Double])
    #expect(Set(probabilities.keys) == ["beast", "colour"])
    #expect(abs(probabilities.values.reduce(0, +) - 1) < 1e-6)
    let plain = try Program.run(["classify", directory["run"], "--input", input])
    #expect(plain.lines == objects.compactMap { $0["label"] as? String })
  }

  @Test func resumesWithTheSameBits() throws {
    #expect(try Program.run(arguments("whole")).status == 0)
    var wasKilled = false
    for delay in [0.15, 0.3, 0.5] {
      wasKilled = try Program.run(arguments("killed", every: 3), killedAfter: delay) || wasKilled
    }
    #expect(try Program.run(arguments("killed", every: 3)).status == 0)
    #expect(try weights("killed") == weights("whole"))
  }

  @Test func unknownLabelsAreCountedAsWrong() throws {
    #expect(try Program.run(arguments("run")).status == 0)
    let other = try directory.write("colour the red one\nplant a tree\n", to: "other.txt")
    let score = try Program.run(["evaluate", directory["run"], "--data", other, "--json"]).json()
    #expect(score["accuracy"] as? Double == 0.5 && score["unknown_labels"] as? Int == 1)
  }

  @Test func textsWithoutAnyKnownLabelAreNotMeasured() throws {
    #expect(try Program.run(arguments("run")).status == 0)
    let other = try directory.write("0 the red one\n1 a tree\n", to: "other.txt")
    try Program.run(["evaluate", directory["run"], "--data", other, "--json"]).expectFailure(
      65, naming: "other.txt:1: expected a label of beast, colour, which no text has, got \"0\"")
    try Program.run(arguments("new").map { $0 == validation ? other : $0 })
      .expectFailure(65, naming: "other.txt:1: expected a label of beast, colour")
  }

  @Test func learnsFromColumnsOfTables() throws {
    let rows = (0..<48).map { "\($0),\(Phrases.text($0)),\(Phrases.label($0))\n" }.joined()
    let table = try directory.write("id,body,kind\n" + rows, to: "train.csv")
    func train(_ more: String...) throws -> Program.Outcome {
      try Program.run(
        [
          "train", "--recipe", recipe, "--data", table, "--output", directory["table"], "--quiet",
          "--threads", "1", "--steps", "3",
        ] + more)
    }
    try train().expectFailure(65, naming: "train.csv:1:", "--label-column", "got id, body, kind")
    let columns = ["--text-column", "body", "--label-column", "kind"]
    let trained = try train(columns[0], columns[1], columns[2], columns[3])
    #expect(trained.status == 0, "\(trained)")
    let score = try Program.run(
      ["evaluate", directory["table"], "--data", table, "--json"] + columns
    ).json()
    #expect(score["texts"] as? Int == 48 && score["unknown_labels"] == nil, "\(score)")
    try Program.run([
      "train", "--recipe", "tagger", "--data", table, "--output", directory["no"],
      "--label-column", "kind",
    ]).expectFailure(65, naming: "no --label-column for the recipe tagger")
  }

  /// A run that goes on with texts of other labels would give its weights other names, also one that
  /// does not know what it began with.
  @Test func otherLabelsAreRefused() throws {
    #expect(try Program.run(arguments("run")).status == 0)
    let config = try Data(contentsOf: URL(filePath: directory["run/config.json"]))
    _ = try directory.write(
      Phrases.lines(0..<48).replacing("beast ", with: "animal "), to: "train.txt")
    try Program.run(arguments("run")).expectFailure(65, naming: "train.txt: expected the data")
    try FileManager.default.removeItem(atPath: directory["run/training/sources.json"])
    try Program.run(arguments("run"))
      .expectFailure(65, naming: "the labels that the run began with, beast, colour", "animal")
    #expect(try Data(contentsOf: URL(filePath: directory["run/config.json"])) == config)
  }

  @Test func refusesWhatCanNotBeLearned() throws {
    func run(_ lines: String) throws -> Program.Outcome {
      let file = try directory.write(lines, to: "bad.txt")
      return try Program.run([
        "train", "--recipe", recipe, "--data", file, "--output", directory["bad"], "--quiet",
      ])
    }
    try run("x good\nbad\n").expectFailure(65, naming: "bad.txt:2", "a label, a blank, a text")
    try run("x good\nx fine\n").expectFailure(65, naming: "bad.txt", "two labels or more")
    try run("\n").expectFailure(65, naming: "bad.txt", "labelled texts")
    try Program.run([
      "pretrain", "--recipe", recipe, "--data", data, "--output", directory["bad"], "--quiet",
    ]).expectFailure(65, naming: "apus train")
  }

  @Test(arguments: ["max", "mean", "last", "attention"])
  func learnsWithLSTMsFromVectorsOfWords(_ pooling: String) throws {
    let recipe = try directory.write(
      Self.recipe.replacing(
        "  kind: textcnn\n  embeddingSize: 8\n  kernelSizes: [1, 2]\n  channelCount: 4\n",
        with: """
            kind: bilstm
            embeddingSize: 3
            freezeEmbeddings: true
            hiddenSize: 6
            pooling: \(pooling)
            maxNorm: 1

          """), to: "lstm.yaml")
    let vectors = try directory.write(
      "red 1 0 0\ncat 0 1 0\nblue 1 0 1\ndog 0 1 1\ngreen 1 0 .5\ncow 0 1 .5\n", to: "vectors.txt")
    let arguments = [
      "train", "--recipe", recipe, "--data", data, "--validation", validation, "--output",
      directory["run"], "--threads", "1", "--precision", "fp32", "--vectors",
    ]
    let trained = try Program.run(arguments + [vectors])
    #expect(
      trained.status == 0 && trained.error.contains("6 of 11 words have a vector"), "\(trained)")
    let score = try Program.run([
      "evaluate", directory["run/best"], "--data", validation, "--json",
    ]).json()
    #expect(score["accuracy"] as? Double == 1, "\(score)")
    let weights = try SafetensorsFile(contentsOf: directory["run/model.safetensors"])
    let rows = try weights.tensor("classifier.weight")
    for row in 0..<2 {
      let square = rows.rows(row..<row + 1).floatElements.reduce(0) { $0 + $1 * $1 }
      #expect(square.squareRoot() < 1.0001)
    }
    let table = try weights.tensor("embedding.weight").floatElements
    #expect(stride(from: 0, to: table.count, by: 3).contains { table[$0..<$0 + 3] == [1, 0, 0.5] })
    let short = try directory.write("red 1 0\n", to: "short.txt")
    let others = arguments.map { $0 == directory["run"] ? directory["other"] : $0 }
    try Program.run(others + [short, "--quiet"])
      .expectFailure(65, naming: "short.txt", "3 values", "embeddingSize", "got 2")
  }

  /// Intents lie beside the words of a directory.
  @Test func readsDirectoriesOfIntents() throws {
    let lines = Phrases.lines(0..<48).split(separator: "\n").map {
      $0.split(separator: " ", maxSplits: 1)
    }
    _ = try directory.write(lines.map { "\($0[1])\n" }.joined(), to: "set/seq.in")
    _ = try directory.write(lines.map { "\($0[0])\n" }.joined(), to: "set/label")
    let trained = try Program.run(arguments("run").map { $0 == data ? directory["set"] : $0 })
    #expect(trained.status == 0, "\(trained)")
    let score = try Program.run([
      "evaluate", directory["run/best"], "--data", directory["set"], "--json",
    ])
    .json()
    #expect(score["accuracy"] as? Double ?? 0 > 0.9 && score["texts"] as? Int == 48)
  }
}
