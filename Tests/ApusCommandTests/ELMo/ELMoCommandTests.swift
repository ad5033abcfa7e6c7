import Apus
import ApusTensors
import Foundation
import Testing

/// An ELMo from text to vectors of words, through the program and the library.
@Suite struct ELMoCommandTests {
  private let directory: TemporaryDirectory
  private let recipe, sampledRecipe, data: String

  init() throws {
    directory = try TemporaryDirectory()
    recipe = try directory.write(Self.recipe, to: "small.yaml")
    sampledRecipe = try directory.write(
      Self.recipe.replacing("  projectedSize: 8\n", with: "  projectedSize: 8\n  sampleCount: 8\n"),
      to: "sampled.yaml")
    data = try directory.write(
      Samples.lines.prefix(40).joined(separator: "\n") + "\n", to: "text.txt")
  }

  private static let recipe = """
    name: small
    model:
      kind: elmo
      filterWidths: [1, 3]
      filterCounts: [4, 6]
      highwayCount: 1
      hiddenSize: 12
      projectedSize: 8
    tokenizer:
      kind: word
      vocabularySize: 300
    data:
      documents: lines
    objective:
      kind: bidirectional
    optimizer:
      kind: adam
      learningRate: 0.01
    training:
      epochs: 4
      tokensPerBatch: 128
      checkpointEvery: 3

    """

  private func train(
    _ output: String, sampled: Bool = false, killedAfter delay: Double? = nil
  ) throws {
    let arguments = [
      "pretrain", "--recipe", sampled ? sampledRecipe : recipe, "--data", data, "--validation",
      data, "--output",
      directory[output], "--quiet", "--threads", "1",
    ]
    if let delay {
      _ = try Program.run(arguments, killedAfter: delay)
    } else {
      #expect(try Program.run(arguments).status == 0)
    }
  }

  private func losses(_ output: String) throws -> [Double] {
    try String(contentsOfFile: directory["\(output)/metrics.jsonl"], encoding: .utf8)
      .split(separator: "\n").compactMap { line in
        let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
        return object?["validation_loss"] as? Double
      }
  }

  /// With a softmax over all words, and in training over eight drawn ones.
  @Test(arguments: [false, true]) func learnsResumesAndEmbeds(sampled: Bool) throws {
    try train("whole", sampled: sampled)
    let losses = try losses("whole")
    #expect(losses.count == 4 && losses[3] < losses[0])
    try train("killed", sampled: sampled, killedAfter: 0.3)
    try train("killed", sampled: sampled)
    func weights(_ run: String) throws -> Data {
      try Data(contentsOf: URL(filePath: directory["\(run)/model.safetensors"]))
    }
    #expect(try weights("killed") == weights("whole"))

    let score = try Program.run([
      "evaluate", directory["whole"], "--data", data, "--documents", "lines", "--json",
    ]).json()
    let loss = try #require(score["loss"] as? Double)
    // Runs validate in their own precision.
    #expect(abs(loss - losses[3]) < 1e-2)

    let input = try directory.write("The swift flies\n\nflies\n", to: "input.txt")
    let output = directory["words.jsonl"]
    #expect(
      try Program.run([
        "embed", directory["whole"], "--input", input, "--output", output, "--tokens",
      ]).status == 0)
    let lines = try String(contentsOfFile: output, encoding: .utf8).split(separator: "\n").map {
      try #require(JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
    }
    #expect(lines.map { $0["tokens"] as? [String] } == [["The", "swift", "flies"], [], ["flies"]])
    let embedder = try WordEmbedder(directory["whole"])
    let embedded = embedder.embed(["The swift flies", "", "flies"])
    let rows = try #require(lines[0]["embeddings"] as? [[Double]])
    #expect(rows.count == 3 && rows[0].count == embedder.dimension && embedder.layerCount == 3)
    for (found, expected) in zip(rows.joined(), embedded[0].mean.elements(as: Float.self)) {
      #expect(abs(found - Double(expected)) < 1e-5)
    }
    // The same word in another place is spelt alike and stands for something else.
    let (first, second) = (embedded[0].layers, embedded[2].layers)
    func values(_ layers: [Tensor], _ layer: Int, _ row: Int) -> [Float] {
      layers[layer].rows(row..<row + 1).elements(as: Float.self)
    }
    #expect(values(first, 0, 2) == values(second, 0, 0))
    #expect(values(first, 2, 2) != values(second, 2, 0))
  }

  @Test func sessionsRememberAndEmbeddersDoNot() throws {
    try train("run")
    let embedder = try WordEmbedder(directory["run"])
    var session = embedder.session()
    let once = session.embed("the swift").mean.elements(as: Float.self)
    let again = session.embed("the swift").mean.elements(as: Float.self)
    #expect(once == embedder.embed(["the swift"])[0].mean.elements(as: Float.self))
    #expect(once != again)
    #expect(
      embedder.embed(["the swift"])[0].mean.elements(as: Float.self)
        == embedder.embed(["the swift"])[0].mean.elements(as: Float.self))
  }

  @Test func isKnownAndLookedAt() throws {
    try train("run")
    let info = try Program.run("info", directory["run"], "--json").json()
    let model = try #require(info["model"] as? [String: Any])
    #expect(model["architecture"] as? String == "elmo" && model["projection_size"] as? Int == 8)
    #expect(try Program.run("doctor", directory["run"]).status == 0)
    let weights = try Data(contentsOf: URL(filePath: directory["run/model.safetensors"]))
    _ = try directory.write(weights.dropLast(9), to: "run/model.safetensors")
    let doctor = try Program.run("doctor", directory["run"])
    #expect(doctor.status == 65 && doctor.output.contains("model.safetensors"), "\(doctor)")
  }

  @Test func refusesWhatItCanNotDo() throws {
    try train("run")
    let input = try directory.write("a\n", to: "input.txt")
    try Program.run([
      "embed", directory["run"], "--input", input, "--output", directory["x.npy"],
    ]).expectFailure(65, naming: "--tokens")
    try Program.run([
      "embed", directory["run"], "--input", input, "--output", directory["x.jsonl"], "--tokens",
      "--layer", "3",
    ]).expectFailure(65, naming: "a layer from 0 to 2")
    try Program.run(["train", "--recipe", recipe, "--data", data, "--output", directory["x"]])
      .expectFailure(65, naming: "apus pretrain")
  }
}
