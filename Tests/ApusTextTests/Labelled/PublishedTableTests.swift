import ApusFiles
import ApusText
import Testing

/// Published sets, with the counts that Python's `csv` module and `wc` give.
@Suite(.enabled(if: sharedData != nil, "the published sets are absent"))
struct PublishedTableTests {
  @Test(arguments: [("train", 5749, 15528.0434, 662_807), ("dev", 1500, 3545.8613, 192_064)])
  func similarityHasNumbersBehindQuotedSentences(
    _ part: String, _ count: Int, _ sum: Double, _ bytes: Int
  ) throws {
    let table = try LabelledTable("\(sharedDataPath)/stsb/stsb-en-\(part).csv")
    #expect(table.rows.count == count && table.columnNames == nil)
    #expect(abs(try table.rows.reduce(0) { $0 + (try $1.number("3")) } - sum) < 1e-3)
    #expect(
      try table.rows.reduce(0) { $0 + (try $1.text("1").utf8.count + $1.text("2").utf8.count) }
        == bytes)
  }

  @Test func acceptabilityHasNoHeaderAndInferenceHas() throws {
    let cola = try LabelledTable("\(sharedDataPath)/cola/dev.tsv")
    #expect(cola.rows.count == 1043 && cola.columnNames == nil)
    #expect(try cola.rows.count { try $0.text("2") == "1" } == 721)
    #expect(try cola.rows.map { try $0.text("4") }[0].hasPrefix("The sailors rode"))
    #expect(
      try LabelledTable("\(sharedDataPath)/cola/test.tsv").columnNames == ["index", "sentence"])
    let rte = try LabelledTable("\(sharedDataPath)/rte/dev.tsv")
    #expect(rte.rows.count == 277)
    #expect(try rte.rows.count { try $0.text("label") == "entailment" } == 146)
    try rte.requireUnique("index")
    #expect(try LabelledTable("\(sharedDataPath)/rte/train.tsv").rows.count == 2490)
    #expect(try LabelledTable("\(sharedDataPath)/wnli/train.tsv").rows.count == 635)
  }

  @Test func questionsAndPairsStandSideBySide() throws {
    let wikiqa = try LabelledTable("\(sharedDataPath)/wikiqa/dev")
    #expect(wikiqa.columnNames == ["a", "b", "id", "sim"] && wikiqa.rows.count == 1130)
    #expect(Set(try wikiqa.rows.map { try $0.text("id") }).count == 126)
    #expect(try wikiqa.rows.count { try $0.number("sim") == 1 } == 140)
    let mrpc = try LabelledTable("\(sharedDataPath)/mrpc/train")
    #expect(mrpc.rows.count == 4076)
    #expect(try mrpc.rows.count { try $0.text("sim") == "1" } == 2753)
  }

  @Test func lettersOfOtherEncodings() throws {
    let trec = try LabelledTable(
      "\(sharedDataPath)/trec/TREC.train", TableLayout(encoding: .latin1))
    #expect(trec.format == .coarse && trec.rows.count == 5452)
    #expect(Set(try trec.rows.map { try $0.text("label") }).count == 6)
    #expect(Set(try trec.rows.map { try $0.text("fine") }).count == 50)
    let sst = try LabelledTable("\(sharedDataPath)/sst/stsa/stsa.binary.dev")
    #expect(sst.format == .words && sst.rows.count == 872)
  }
}
