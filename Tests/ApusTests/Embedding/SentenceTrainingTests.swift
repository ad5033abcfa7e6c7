import Apus
import ApusFiles
import ApusModels
import ApusTensors
import ApusTraining
import Foundation
import Testing

/// Training a small directory of sentence-transformers with a dense layer, from
/// Tests/Peers/models/make_sentences.py.
@Suite struct SentenceTrainingTests {
  private static let model =
    URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().path()
    + "Golden/sentences/model"
  private static let words = [
    "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
  ]

  /// Texts of two words; alike are those with the same first one.
  private static func text(_ first: Int, _ second: Int) -> String {
    "\(words[first % 10]) \(words[second % 10])"
  }

  private static func rows(_ loss: String) -> String {
    (0..<40).map { row in
      let anchor = text(row, row / 10)
      switch loss {
      case "ranking": return "\(anchor)\t\(text(row, row / 10 + 5))"
      case "triplet": return "\(anchor)\t\(text(row, row / 10 + 5))\t\(text(row + 1, row))"
      case "additiveMargin", "largeMargin": return "\(anchor)\t\(words[row % 10])"
      default:
        return row % 2 == 0
          ? "\(anchor)\t\(text(row, row / 10 + 5))\t1" : "\(anchor)\t\(text(row + 3, row))\t0"
      }
    }.joined(separator: "\n") + "\n"
  }

  private static func recipe(_ loss: String, _ settings: String) throws -> Recipe {
    try Recipe(
      yaml: """
        name: small
        model:
          kind: sentence-embedding
          loss: \(loss)
        \(settings)
        objective:
          kind: similarity
        optimizer:
          kind: adamw
          learningRate: 0.005
        training:
          steps: 30
          sequencesPerBatch: 8
          validateEvery: 30
          precision: fp32
        """)
  }

  @Test(arguments: [
    ("ranking", "  symmetric: true\n  dimensions: [4]"), ("cosent", ""), ("cosine", ""),
    ("contrastive", ""), ("onlineContrastive", "  denseSize: 12"),
    ("triplet", "  pooling: mean\n  normalization: never"),
    ("additiveMargin", "  centreWeight: 0.1"), ("largeMargin", "  margin: 2\n  plainness: 1"),
  ])
  func learnsAndWritesADirectoryThatEmbedsAlike(_ loss: String, _ settings: String) throws {
    let directory = FileManager.default.temporaryDirectory.appending(
      path: "apus-sentences-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    let (data, validation) = (
      directory.appending(path: "data.tsv").path, directory.appending(path: "dev.tsv").path
    )
    try Data(Self.rows(loss).utf8).write(to: URL(filePath: data))
    try Data(Self.rows("cosent").utf8).write(to: URL(filePath: validation))
    let output = directory.appending(path: "run").path
    let run = try TrainingRun(try Self.recipe(loss, settings), in: output) { _ in
      var task = try SentenceEmbeddingTask(
        try Self.recipe(loss, settings), encoder: Self.model, data: data, validation: validation)
      task.command = "apus train --recipe small"
      return task
    }
    let pairs = try ScoredPairs(validation)
    let before = try TextEmbedder(Self.model).score(on: pairs).cosine.spearman
    try run.run(showsProgress: false)
    let embedder = try TextEmbedder(output)
    let after = embedder.score(on: pairs).cosine.spearman
    // The distances of triplets are Euclidean, and these few need not show in cosines.
    #expect(after > before || loss == "triplet", "\(loss): from \(before) to \(after)")
    // The card has what others measure with the directory.
    let card = try String(contentsOfFile: "\(output)/README.md", encoding: .utf8)
    for part in [
      "# small", "| training | \(data) | 40 |", "| validation | \(validation) | 40 |",
      "| model.loss | \(loss) |", "apus train --recipe small",
    ] { #expect(card.contains(part), "\(part)\n\(card)") }
    let line = try #require(card.split(separator: "\n").first { $0.contains("| spearman |") })
    let shown = try #require(Double(line.split(separator: " ").dropLast().last ?? ""))
    #expect(abs(shown - after) < 0.01, "\(card)")
    #expect(!card.contains("tokenizer.") && !card.contains("data.validationFraction"))
    let texts = [Self.text(1, 2), Self.text(3, 4)]
    let ids = texts.map { embedder.tokenizer.encode($0).ids }
    let own = run.model.encoder(Sequences(ids: ids), .evaluation()).elements(as: Float.self)
    let read = Array(embedder.embed(texts).joined())
    #expect(read.count == own.count)
    #expect(zip(read, own).allSatisfy { abs($0 - $1) < 1e-5 })
    let numbered = try ScoredPairs(validation, columns: ["1", "2", "3"])
    #expect(numbered.scores == pairs.scores)
  }

  /// A section `adaptation` holds for the encoder: it learns by low-rank changes of its queries alone.
  @Test func theEncoderIsAdapted() throws {
    let directory = FileManager.default.temporaryDirectory.appending(
      path: "apus-adapted-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    let data = directory.appending(path: "data.tsv").path
    try Data(Self.rows("ranking").utf8).write(to: URL(filePath: data))
    var recipe = try Self.recipe("ranking", "")
    recipe.training.steps = 3
    var adaptation = AdaptationRecipe()
    (adaptation.loraRank, adaptation.loraTargets) = (2, ["query"])
    recipe.adaptation = adaptation
    let output = directory.appending(path: "run").path
    let run = try TrainingRun(recipe, in: output) { _ in
      try SentenceEmbeddingTask(recipe, encoder: Self.model, data: data)
    }
    try run.run(showsProgress: false)
    let before = try PretrainedNetwork(SentenceModules(of: Self.model).encoder).weights
    let after = Dictionary(
      uniqueKeysWithValues: try PretrainedNetwork(SentenceModules(of: output).encoder).weights
        .map { ($0.name, $0.value.elements(as: Float.self)) })
    let changed = before.filter { after[$0.name] != nil }
      .filter { $0.value.elements(as: Float.self) != after[$0.name] }.map(\.name)
    #expect(!changed.isEmpty && changed.allSatisfy { $0.hasSuffix("query.weight") }, "\(changed)")
  }

  @Test func negativesAreNearButNotRight() throws {
    let embedder = try TextEmbedder(Self.model)
    let pairs = (0..<10).map { (anchor: Self.text($0, 0), positive: Self.text($0, 5)) }
    let corpus = (0..<10).flatMap { first in (0..<10).map { Self.text(first, $0) } }
    let miner = NegativeMiner(embedder, corpus: corpus)
    let vectors = Dictionary(uniqueKeysWithValues: zip(corpus, embedder.embed(corpus)))
    /// The cosines of all texts but the pair's own with the anchor, the greatest first.
    func ranked(_ pair: (anchor: String, positive: String)) throws -> [(String, Double)] {
      let anchor = try #require(vectors[pair.anchor])
      return vectors.filter { $0.key != pair.anchor && $0.key != pair.positive }
        .map { ($0.key, Self.cosine(anchor, $0.value)) }.sorted { $0.1 > $1.1 }
    }
    var options = NegativeMiner.Options()
    (options.ranks, options.count, options.margin) = (2..<20, 3, nil)
    let found = miner.negatives(of: pairs, options)
    #expect(found.count == pairs.count)
    for (pair, negatives) in zip(pairs, found) {
      let all = try ranked(pair)
      #expect(negatives.count == 3)
      for (rank, negative) in zip(2..., negatives) {
        let score = try #require(all.first { $0.0 == negative }?.1, "\(pair): \(negative)")
        // Texts that are equally near stand in any order.
        #expect(abs(score - all[rank].1) < 1e-5, "\(pair), rank \(rank): \(negative)")
      }
    }
    // A bound between two neighbours.
    let all = try ranked(pairs[0])
    let place = try #require((5..<50).first { all[$0].1 - all[$0 + 1].1 > 1e-3 })
    let positive = Self.cosine(
      try #require(vectors[pairs[0].anchor]), try #require(vectors[pairs[0].positive]))
    let bound = (all[place].1 + all[place + 1].1) / 2
    (options.ranks, options.count, options.margin) = (0..<98, 98, Float(positive - bound))
    #expect(
      Set(miner.negatives(of: [pairs[0]], options)[0]) == Set(all[(place + 1)...].map(\.0)))
    // No text is so much further than the positive.
    options.margin = 3
    #expect(miner.negatives(of: pairs, options).allSatisfy { $0.isEmpty })
  }

  /// The model takes capitals for small letters.
  @Test func thePositiveInCapitalsIsNoNegative() throws {
    let pairs = (0..<10).flatMap { first in
      (1..<10).map { (anchor: Self.text(first, 0), positive: Self.text(first, $0)) }
    }
    let corpus = pairs.flatMap { [$0.positive, $0.positive.uppercased()] }
    let miner = NegativeMiner(try TextEmbedder(Self.model), corpus: corpus)
    var options = NegativeMiner.Options()
    (options.ranks, options.count) = (0..<corpus.count, corpus.count)
    for (pair, negatives) in zip(pairs, miner.negatives(of: pairs, options)) {
      #expect(!negatives.contains(pair.positive.uppercased()), "\(pair)")
    }
  }

  private static func cosine(_ a: [Float], _ b: [Float]) -> Double {
    func dot(_ a: [Float], _ b: [Float]) -> Double {
      zip(a, b).reduce(0) { $0 + Double($1.0) * Double($1.1) }
    }
    return dot(a, b) / (dot(a, a) * dot(b, b)).squareRoot()
  }

  /// Poolings in an order of their own, prompts and the similarity come back as they were.
  @Test func runsKeepTheSettingsOfTheirEncoder() throws {
    let directory = FileManager.default.temporaryDirectory.appending(
      path: "apus-sentences-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    let encoder = directory.appending(path: "encoder")
    try FileManager.default.copyItem(at: URL(filePath: Self.model), to: encoder)
    func write(_ text: String, to name: String) throws {
      try Data(text.utf8).write(to: encoder.appending(path: name))
    }
    try write(
      "{\"embedding_dimension\": 16, \"pooling_mode\": [\"mean\", \"cls\"]}",
      to: "1_Pooling/config.json")
    let modules = ["", "1_Pooling"].enumerated().map { index, path in
      "{\"idx\": \(index), \"path\": \"\(path)\", \"type\": \"x.\(["Transformer", "Pooling"][index])\"}"
    }
    try write("[\(modules.joined(separator: ","))]", to: "modules.json")
    try write("{\"do_lower_case\": true}", to: "sentence_bert_config.json")
    let settings = """
      {"prompts": {"query": "Query: ", "passage": ""}, "default_prompt_name": "query", \
      "similarity_fn_name": "dot"}
      """
    try write(settings, to: "config_sentence_transformers.json")
    #expect(try SentenceModules(of: encoder.path).prepared("One") == "query: one")

    let data = directory.appending(path: "data.tsv").path
    try Data(Self.rows("ranking").utf8).write(to: URL(filePath: data))
    let recipe = try Self.recipe("ranking", "  denseSize: 6")
    let output = directory.appending(path: "run").path
    let run = try TrainingRun(recipe, in: output) { _ in
      try SentenceEmbeddingTask(recipe, encoder: encoder.path, data: data)
    }
    try run.run(showsProgress: false)
    let read = try SentenceModules(of: output)
    #expect(read.head.poolings == [.mean, .first])
    #expect(read.prepared("One") == "query: one" && read.similarity == "dot")
    let written = try JSONField(contentsOf: "\(output)/config_sentence_transformers.json")
    #expect(try written["prompts"]["query"].string() == "Query: ")
    #expect(try written["prompts"].members().map(\.key) == ["query", "passage"])
    #expect(try written["default_prompt_name"].string() == "query")
    let embedder = try TextEmbedder(output)
    let ids = embedder.tokenizer.encode("query: one two").ids
    let own = run.model.encoder(Sequences(ids: [ids]), .evaluation()).elements(as: Float.self)
    #expect(own.count == 6)
    #expect(zip(embedder.embed("one two"), own).allSatisfy { abs($0 - $1) < 1e-5 })
  }
}
