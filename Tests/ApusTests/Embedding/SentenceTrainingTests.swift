import Apus
import ApusFiles
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
      try SentenceEmbeddingTask(
        try Self.recipe(loss, settings), encoder: Self.model, data: data, validation: validation)
    }
    let pairs = try ScoredPairs(validation)
    let before = try TextEmbedder(Self.model).score(on: pairs).cosine.spearman
    try run.run(showsProgress: false)
    let embedder = try TextEmbedder(output)
    let after = embedder.score(on: pairs).cosine.spearman
    // The distances of triplets are Euclidean, and these few need not show in cosines.
    #expect(after > before || loss == "triplet", "\(loss): from \(before) to \(after)")
    let texts = [Self.text(1, 2), Self.text(3, 4)]
    let ids = texts.map { embedder.tokenizer.encode($0).ids }
    let own = run.model.encoder(Sequences(ids: ids), .evaluation()).elements(as: Float.self)
    let read = Array(embedder.embed(texts).joined())
    #expect(read.count == own.count)
    #expect(zip(read, own).allSatisfy { abs($0 - $1) < 1e-5 })
    let numbered = try ScoredPairs(validation, columns: ["1", "2", "3"])
    #expect(numbered.scores == pairs.scores)
  }

  @Test func negativesAreNearButNotRight() throws {
    let embedder = try TextEmbedder(Self.model)
    let pairs = (0..<10).map { (anchor: Self.text($0, 0), positive: Self.text($0, 5)) }
    let corpus = (0..<10).flatMap { first in (0..<10).map { Self.text(first, $0) } }
    let miner = NegativeMiner(embedder, corpus: corpus)
    var options = NegativeMiner.Options()
    (options.ranks, options.count, options.margin) = (0..<20, 3, nil)
    let found = miner.negatives(of: pairs, options)
    #expect(found.count == pairs.count)
    for (pair, negatives) in zip(pairs, found) {
      #expect(negatives.count == 3)
      #expect(!negatives.contains(pair.positive) && !negatives.contains(pair.anchor))
    }
    // What is left out at the front is what was found there before.
    (options.ranks, options.count) = (2..<20, 1)
    #expect(miner.negatives(of: pairs, options).map(\.first) == found.map(\.last))
    // No text is so much further than the positive.
    options.margin = 3
    #expect(miner.negatives(of: pairs, options).allSatisfy { $0.isEmpty })
  }
}
