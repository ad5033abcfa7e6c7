import Foundation
import Testing

/// Searches over the values of a recipe, through the program.
@Suite struct SweepTests {
  private let directory: TemporaryDirectory
  private let recipe, data, validation: String

  init() throws {
    directory = try TemporaryDirectory()
    recipe = try directory.write(
      """
      name: small
      model: {kind: textcnn, embeddingSize: 4, kernelSizes: [1], channelCount: 4}
      tokenizer: {kind: word, vocabularySize: 100, lowercases: true}
      objective: {kind: classification}
      optimizer: {kind: adam, learningRate: 0.02}
      training: {steps: 18, sequencesPerBatch: 8, precision: fp32}

      """, to: "small.yaml")
    data = try directory.write(Phrases.lines(0..<48), to: "train.txt")
    validation = try directory.write(Phrases.lines(48..<60), to: "dev.txt")
  }

  private func sweep(
    _ output: String, _ space: String, _ more: [String], runs: [String] = []
  ) throws -> Program.Outcome {
    let space = try directory.write(space, to: "space.yaml")
    return try Program.run(
      ["sweep", recipe, "--space", space, "--output", directory[output]] + more + [
        "--", "--data", data, "--validation", validation, "--threads", "1", "--quiet",
      ] + runs)
  }

  private func best(_ output: String) throws -> String {
    try FileManager.default.destinationOfSymbolicLink(atPath: directory["\(output)/best"])
  }

  private static let rates = "optimizer.learningRate: [0.02, 0.0000001]\n"

  /// A rate that learns nothing comes last, and a search that is begun again changes nothing.
  @Test func gridsFindTheBetterValue() throws {
    let first = try sweep("grid", Self.rates, ["--method", "grid"])
    #expect(first.status == 0, "\(first)")
    let results = try directory.text(of: "grid/results.csv")
    #expect(results.split(separator: "\n").count == 3)
    #expect(try best("grid") == "trials/0")
    #expect(try sweep("grid", Self.rates, ["--method", "grid"]).status == 0)
    #expect(try directory.text(of: "grid/results.csv") == results)
    // As if it had been killed before the results were written.
    try FileManager.default.removeItem(atPath: directory["grid/results.csv"])
    #expect(try sweep("grid", Self.rates, ["--method", "grid"]).status == 0)
    #expect(try directory.text(of: "grid/results.csv") == results)
    try sweep("grid", "optimizer.learningRate: [0.01]\n", ["--method", "grid"])
      .expectFailure(65, naming: "the same recipe, space and options")
  }

  /// Of three trials one is trained to the end; a halving that was stopped decides as it would have.
  @Test func halvingsGoOnAsTheyBegan() throws {
    let space = "optimizer.learningRate: {log: [1e-7, 0.05]}\n"
    let arguments = ["--method", "halving", "--trials", "3", "--factor", "3", "--seed", "2"]
    func run(_ output: String) throws {
      let outcome = try sweep(output, space, arguments)
      #expect(outcome.status == 0, "\(outcome)")
    }
    try run("whole")
    let rows = try directory.text(of: "whole/results.csv").split(separator: "\n").map {
      $0.split(separator: ",")
    }
    #expect(rows.dropFirst().map { String($0[3]) }.sorted() == ["18", "6", "6"])

    // As if it had been stopped in the second rung: one trial ahead of the others.
    try run("again")
    let ahead = try best("again")
    for name in ["results.csv", "results.md", "best"] {
      try FileManager.default.removeItem(atPath: directory["again/\(name)"])
    }
    let record = "again/\(ahead).reached.jsonl"
    let lines = try directory.text(of: record).split(separator: "\n")
    #expect(lines.count == 2)
    _ = try directory.write("\(lines[0])\n", to: record)
    try run("again")
    #expect(try directory.text(of: "again/results.csv") == directory.text(of: "whole/results.csv"))
    #expect(try best("again") == ahead)
  }

  @Test func refusesWhatCanNotBeCompared() throws {
    try sweep("folds", Self.rates, [], runs: ["--folds", "2"]).expectUsageError(naming: "--folds")
    try sweep("lengths", "training.steps: [3, 4]\n", ["--method", "halving"])
      .expectFailure(65, naming: "the same for all trials")
    try sweep("mistake", "optimizer.learnRate: [0.1]\n", [])
      .expectFailure(65, naming: "space.yaml:1: expected optimizer", "learningRate")
    let space = try directory.write(Self.rates, to: "space.yaml")
    // Nothing is trained that could not be compared.
    try Program.run([
      "sweep", recipe, "--space", space, "--output", directory["blind"], "--", "--data", data,
    ]).expectFailure(65, naming: "validation data to choose the best trial by")
    #expect(!FileManager.default.fileExists(atPath: directory["blind"]))
    for name in ["rmdl", "skipgram"] {
      try Program.run(["sweep", name, "--space", space, "--output", directory["x"]])
        .expectFailure(65, naming: "a recipe of one model that is validated")
    }
  }
}
