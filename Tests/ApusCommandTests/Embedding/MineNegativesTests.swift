import Apus
import Foundation
import Testing

/// `apus mine-negatives` against a search over all cosines.
@Suite struct MineNegativesTests {
  private let directory: TemporaryDirectory
  private let model, data: String
  private static let pairs = (0..<6).map { index in
    ("fox \(index)", "\(["quick", "brown", "lazy"][index % 3]) dogs jump over \(index) rivers")
  }

  init() throws {
    directory = try TemporaryDirectory()
    model = try directory.model()
    data = try directory.write(
      "anchor\tpositive\n" + Self.pairs.map { "\($0.0)\t\($0.1)\n" }.joined(), to: "pairs.tsv")
  }

  private func mine(_ output: String, _ more: String...) throws -> Program.Outcome {
    try Program.run(
      ["mine-negatives", model, "--data", data, "--output", directory[output], "--threads", "1"]
        + more)
  }

  private func rows(_ name: String) throws -> [[String: String]] {
    try directory.text(of: name).split(separator: "\n").map {
      try #require(JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: String])
    }
  }

  private func cosine(_ first: [Float], _ second: [Float]) -> Double {
    func dot(_ a: [Float], _ b: [Float]) -> Double {
      zip(a, b).reduce(0) { $0 + Double($1.0) * Double($1.1) }
    }
    return dot(first, second) / (dot(first, first) * dot(second, second)).squareRoot()
  }

  /// What the ranks and the margin leave of a corpus, for each pair.
  private func expected(
    _ corpus: [String], ranks: Range<Int>, margin: Double, count: Int
  ) throws -> [[String]] {
    let embedder = try TextEmbedder(model)
    let vectors = embedder.embed(corpus)
    return Self.pairs.map { anchor, positive in
      let own = embedder.embed([anchor, positive])
      let ranked = zip(corpus, vectors).filter { $0.0 != positive && $0.0 != anchor }
        .map { (text: $0.0, score: cosine(own[0], $0.1)) }.sorted { $0.score > $1.score }
      let bound = cosine(own[0], own[1]) - margin - 1e-5
      return ranked.dropFirst(ranks.lowerBound).prefix(ranks.count)
        .filter { $0.score < bound }.prefix(count).map(\.text)
    }
  }

  @Test func findsWhatASearchOverAllFinds() throws {
    let corpus = Samples.lines.prefix(30).map { String($0) }
    let file = try directory.write(corpus.joined(separator: "\n") + "\n\n", to: "corpus.txt")
    for (name, own, more, ranks, margin, count) in [
      (
        "a.jsonl", corpus, ["--corpus", file, "--from", "2", "--to", "20", "--count", "2"], 2..<20,
        0, 2
      ),
      ("b.jsonl", Self.pairs.map(\.1), ["--margin=-2"], 0..<50, -2.0, 1),
    ] {
      let outcome = try Program.run(
        ["mine-negatives", model, "--data", data, "--output", directory[name], "--threads", "1"]
          + more)
      #expect(outcome.status == 0, "\(outcome)")
      let all = try expected(own, ranks: ranks, margin: margin, count: count)
      let full = zip(Self.pairs, all).filter { $0.1.count == count }
      let found = try rows(name)
      #expect(found.count == full.count, "\(outcome)")
      for (row, (pair, negatives)) in zip(found, full) {
        #expect(row["anchor"] == pair.0 && row["positive"] == pair.1)
        #expect(
          (1...count).compactMap { row["negative\($0)"] } == negatives && row.count == 2 + count)
      }
      if full.count < Self.pairs.count {
        #expect(
          outcome.error.contains("\(Self.pairs.count - full.count) of 6 pairs have fewer than"))
      }
    }
    // With all others far enough every pair has one.
    #expect(try rows("b.jsonl").count == 6)
  }

  @Test func refusesWhatItCanNotUse() throws {
    try mine("x.jsonl", "--from", "5", "--to", "5").expectUsageError(naming: "--from and --to")
    try mine("x.jsonl", "--count", "0").expectUsageError(naming: "--count must be 1 to 64")
    let blank = try directory.write("\n \n", to: "blank.txt")
    try mine("x.jsonl", "--corpus", blank).expectFailure(65, naming: "blank.txt", "expected texts")
    _ = try directory.write("anchor\tpositive\none\n", to: "pairs.tsv")
    try mine("x.jsonl").expectFailure(65, naming: "pairs.tsv:2")
    #expect(!FileManager.default.fileExists(atPath: directory["x.jsonl"]))
  }
}
