import ApusFiles
import ApusText
import Foundation
import Testing

@Suite struct TableSplitTests {
  private let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  private func run(
    _ split: TableSplit, _ text: String, _ name: String, into output: String = "out"
  ) throws -> [String: String] {
    let file = try directory.write(text, to: name)
    let files = try split.run(file, into: "\(directory.path)/\(output)")
    return try Dictionary(
      uniqueKeysWithValues: files.map {
        (
          $0.file.replacing("\(directory.path)/\(output)/", with: ""),
          String(decoding: try contents(of: $0.file), as: UTF8.self)
        )
      })
  }

  private static let halves = TableSplit.Target.parts([
    TableSplit.Part(name: "train", share: 0.5), TableSplit.Part(name: "dev", share: 0.5),
  ])

  @Test func rowsAreCopiedByteForByte() throws {
    var split = TableSplit(Self.halves)
    split.order = .order
    let parts = try run(
      split, "\u{FEFF}id,text\r\n1,\"a, \"\"b\"\"\r\nc\"\r\n2,b\r\n3,c\r\n\r\n4,d", "a.csv")
    #expect(parts["train.csv"] == "id,text\r\n1,\"a, \"\"b\"\"\r\nc\"\r\n2,b\r\n")
    #expect(parts["dev.csv"] == "id,text\r\n3,c\r\n4,d\n")
    let lines = try run(split, "{\"a\":1}\n{ \"a\": 2 }\n", "a.jsonl")
    #expect(lines == ["train.jsonl": "{\"a\":1}\n", "dev.jsonl": "{ \"a\": 2 }\n"])
  }

  private func rows(_ count: Int) -> String {
    (0..<count).map { "text \($0 / 2)\t\($0 % 10 == 0 ? "rare" : "common")\n" }.joined()
  }

  @Test func hashesKeepGroupsTogetherAndRowsInPlace() throws {
    var split = TableSplit(Self.halves)
    split.key = ["1"]
    let parts = try run(split, rows(1000), "a.tsv")
    let sets = try ["train.tsv", "dev.tsv"].map { name in
      Set(try #require(parts[name]).split(separator: "\n").map { $0.prefix { $0 != "\t" } })
    }
    #expect(sets[0].isDisjoint(with: sets[1]) && sets[0].count + sets[1].count == 500)
    // Of 500 fair coins, 4 standard deviations.
    #expect(abs(sets[0].count - 250) < 45)
    let more = try run(split, rows(2000), "b.tsv", into: "more")
    #expect(try #require(more["train.tsv"]).hasPrefix(try #require(parts["train.tsv"])))
    split.seed = 1
    #expect(try run(split, rows(1000), "a.tsv", into: "seed") != parts)
    let cases = try run(split, "The Film\t1\nthe  film\t0\nother\t1\nmore\t1\nlast\t0\n", "c.tsv")
    #expect(
      cases.values.contains { $0.contains("The Film\t1\nthe  film\t0\n") }, "\(cases)")
  }

  @Test func numbersOfColumnsMakeNoHeader() throws {
    var split = TableSplit(Self.halves)
    (split.order, split.key, split.stratum) = (.order, ["1"], "2")
    let parts = try run(split, "a\t1\nb\t1\nc\t2\nd\t2\n", "a.tsv")
    #expect(parts == ["train.tsv": "a\t1\nc\t2\n", "dev.tsv": "b\t1\nd\t2\n"])
  }

  /// Parts are written while rows are read, folds when all are.
  @Test func foldsAndPartsPutRowsIntoTheSamePlaces() throws {
    for key in [[], ["1"]] {
      var (parts, folds) = (TableSplit(Self.halves), TableSplit(.folds(2)))
      (parts.key, folds.key) = (key, key)
      let text = "text\tlabel\n" + rows(300)
      let written = try run(parts, text, "a.tsv")
      let expected = try run(folds, text, "a.tsv", into: "folds")
      #expect(written["train.tsv"] == expected["fold-1/test.tsv"])
      #expect(written["dev.tsv"] == expected["fold-2/test.tsv"])
    }
  }

  @Test func composedAndDecomposedTextsStayTogether() throws {
    var split = TableSplit(.folds(10))
    split.key = ["1"]
    let texts = (0..<100).map { "caf\u{E9} \($0)\tx\ncafe\u{301} \($0)\ty\n" }
    let files = try run(split, texts.joined(), "a.tsv")
    let tests = files.filter { $0.key.hasSuffix("/test.tsv") }
    for (name, text) in tests {
      let lines = text.split(separator: "\n")
      #expect(lines.count { $0.hasSuffix("x") } == lines.count { $0.hasSuffix("y") }, "\(name)")
    }
    #expect(tests.count == 10)
  }

  @Test func strataKeepTheirShares() throws {
    var split = TableSplit(.folds(5))
    split.stratum = "2"
    let text = (0..<100).map { "text \($0)\t\($0 % 10 == 0 ? "rare" : "common")\n" }.joined()
    let files = try run(split, text, "a.tsv")
    #expect(files.count == 10)
    var seen: Set<Substring> = []
    for fold in 1...5 {
      let test = try #require(files["fold-\(fold)/test.tsv"]).split(separator: "\n")
      let train = try #require(files["fold-\(fold)/train.tsv"]).split(separator: "\n")
      #expect(test.count == 20 && test.count { $0.hasSuffix("rare") } == 2)
      #expect(Set(test).isDisjoint(with: train) && train.count == 80)
      seen.formUnion(test)
    }
    #expect(seen.count == 100)
  }

  @Test func imbalanceKeepsExponentiallyFewerRows() throws {
    var split = TableSplit(Self.halves)
    split.stratum = "2"
    split.imbalance = (16, "2")
    let text = (0..<960).map { "text \($0)\t\(["a", "b", "c"][$0 % 3])\n" }.joined()
    let files = try run(split, text, "a.tsv")
    func counts(_ name: String) throws -> [Int] {
      let lines = try #require(files[name]).split(separator: "\n")
      return ["a", "b", "c"].map { label in lines.count { $0.hasSuffix(label) } }
    }
    #expect(try counts("train.tsv") == [160, 40, 10])
    #expect(try counts("dev.tsv") == [160, 160, 160])
    #expect(try run(split, text, "a.tsv", into: "again") == files)
  }

  @Test func refusesTooFewRowsAndMissingColumns() throws {
    let few = #expect(throws: InputError.self) {
      _ = try run(TableSplit(.folds(9)), "a\t1\nb\t2\n", "a.tsv")
    }
    #expect(few?.description.contains("a.tsv: expected rows enough for fold-") == true)
    let one = #expect(throws: InputError.self) {
      _ = try run(TableSplit(Self.halves), "a\t1\n", "a.tsv")
    }
    #expect(one?.description.contains("a.tsv: expected rows enough for ") == true)
    #expect(try FileManager.default.contentsOfDirectory(atPath: "\(directory.path)/out").isEmpty)
    var split = TableSplit(Self.halves)
    split.key = ["txt"]
    let missing = #expect(throws: InputError.self) {
      _ = try run(split, "id,text\n1,a\n", "a.csv")
    }
    #expect(missing?.description.hasSuffix("got id, text (did you mean text?)") == true)
  }
}
