import Foundation
import Testing

@Suite struct VectorsTests {
  private static let golden =
    URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path() + "ApusVectorsTests/Golden/"

  @Test func listsNeighboursAndAnalogies() throws {
    let path = Self.golden + "word2vec.bin"
    let neighbours = try Program.run(["vectors", "neighbours", path, "king", "--count", "3"])
    #expect(neighbours.status == 0)
    #expect(neighbours.output.split(separator: "\n").count == 3)
    let json = try Program.run(
      ["vectors", "analogy", path, "man", "king", "woman", "--by", "product", "--json"])
    #expect(json.status == 0)
    #expect(json.output.contains("\"neighbours\""))
    try Program.run(["vectors", "neighbours", path, "absent"])
      .expectFailure(65, naming: "\"absent\"")
    try Program.run(["vectors", "neighbours", path, "king", "--count", "0"])
      .expectUsageError(naming: "--count")
  }

  @Test func convertsByTheNameOrTheFormat() throws {
    let directory = try TemporaryDirectory()
    let source = Self.golden + "fasttext.bin"
    for (name, options) in [
      ("a.vec", []), ("b.bin", []), ("c", []), ("d.glove", ["--format", "glove"]),
    ] {
      let path = "\(directory.path)/\(name)"
      #expect(try Program.run(["vectors", "convert", source, path] + options).status == 0)
      let found = try Program.run(["vectors", "neighbours", path, "river", "--count", "2"])
      #expect(found.status == 0, "\(name)")
    }
    try Program.run(["vectors", "convert", source, "\(directory.path)/e.xyz"])
      .expectUsageError(naming: "--format")
  }

  @Test func showsSenses() throws {
    let directory = try TemporaryDirectory()
    let model = Self.golden + "../../ApusTests/Golden/sentences/model"
    let vectors = "\(directory.path)/bank.txt"
    try Data("bank 1 2\nriver 2 1\n".utf8).write(to: URL(filePath: vectors))
    let picture = "\(directory.path)/senses.svg"
    let run = try Program.run([
      "inspect", "senses", model, "--vectors", vectors, "--svg", picture, "--json",
    ])
    let rows = try #require(try run.json()["vectors"] as? [[String: Any]], "\(run.error)")
    #expect(rows.count == 2)
    let alike = try #require(rows[0]["cosine_between_senses"] as? Double)
    #expect(abs(alike - 1) < 1e-6)
    let different = try #require(rows[1]["cosine_between_senses"] as? Double)
    #expect(different < 0.9999)
    let svg = try String(contentsOf: URL(filePath: picture), encoding: .utf8)
    #expect(svg.components(separatedBy: "<title>").count == 1 + 2 * 16)
    try Program.run(["inspect", "senses", model, "--word", "spring"])
      .expectUsageError(naming: "--data")
  }

  @Test func showsSensesByAnELMo() throws {
    let model = Self.golden + "../../ApusModelsTests/Golden/elmo"
    func cosine(_ more: String...) throws -> Double {
      let run = try Program.run(["inspect", "senses", model, "--json"] + more)
      let rows = try #require(try run.json()["vectors"] as? [[String: Any]], "\(run.error)")
      return try #require(rows[0]["cosine_between_senses"] as? Double)
    }
    // Characters alone are the same in every sentence.
    #expect(abs(try cosine("--layer", "0") - 1) < 1e-6)
    let (mean, last) = (try cosine(), try cosine("--layer", "2"))
    #expect(last < 0.9999 && mean != last, "\(mean) \(last)")
    try Program.run(["inspect", "senses", model, "--layer", "3"])
      .expectFailure(65, naming: "a layer from 0 to 2")
  }

  @Test func trainsByARecipe() throws {
    let directory = try TemporaryDirectory()
    let text = String(repeating: "the cat eats fish\nthe dog eats meat\n", count: 50)
    let data = "\(directory.path)/text.txt"
    try Data(text.utf8).write(to: URL(filePath: data))
    for recipe in ["skipgram", "cbow", "glove"] {
      let output = "\(directory.path)/\(recipe)"
      let run = try Program.run([
        "pretrain", "--recipe", recipe, "--data", data, "--output", output, "--threads", "1",
        "--steps", "2", "--seed", "3",
      ])
      #expect(run.status == 0, "\(run.error)")
      let found = try Program.run(["vectors", "neighbours", output, "cat", "--count", "2"])
      #expect(found.status == 0)
      #expect(try Program.run(["info", output]).output.contains("word vectors"))
      #expect(try Program.run(["doctor", output]).status == 0)
    }
  }
}
