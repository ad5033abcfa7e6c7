import ApusFiles
import ApusText
import Testing

@Suite struct TableStatisticsTests {
  private let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  private func table(_ text: String, _ name: String) throws -> LabelledTable {
    try LabelledTable(try directory.write(text, to: name))
  }

  @Test func countsRepeatsConflictsAndLeaks() throws {
    let train = try table(
      """
      id,text,label
      1,A film,good
      2,a  FILM,good
      3,a film,bad
      3,other,
      4,,good

      """, "train.csv")
    let dev = try table("id,text,label\n1,Other,bad\n2,a film,bad\n3,new,odd\n", "dev.csv")
    let statistics = try TableStatistics(
      of: [train, dev], TableStatistics.Columns(texts: ["text"], label: "label", id: "id"))
    let split = statistics.splits[0]
    #expect(split.rows == 5 && split.labels == ["good": 3, "bad": 1])
    #expect(split.repeats.places.map(\.row) == [3] && split.conflicts.places.map(\.row) == [4])
    #expect(split.withoutLabel.places.map(\.row) == [5])
    #expect(split.withoutText.places.map(\.row) == [6])
    #expect(split.repeatedIDs.places.map(\.row) == [5])
    #expect(split.lengths.documents == 4 && split.lengths.longest == 7)
    let leak = try #require(statistics.leaks.first)
    #expect(statistics.leaks.count == 1 && leak.rows.places.map(\.row) == [2, 3])
    // "Other" had no label to differ from.
    #expect(leak.otherLabels == 1)
  }

  @Test func numbersOfManyValuesAreScores() throws {
    let rows = (0..<30).map { "a \($0)\tb\t\(Double($0) / 10)\n" }.joined()
    let table = try table("\(rows)c\td\tnan\n", "a.tsv")
    let split = try TableStatistics(
      of: [table], TableStatistics.Columns(texts: ["1", "2"], label: "3")
    ).splits[0]
    #expect(split.labels.isEmpty && split.scores == 0...2.9)
    #expect(split.withoutFiniteScore.places.map(\.row) == [31])
  }

  /// Counted with Python's sets over the published files.
  @Test(.enabled(if: sharedData != nil, "the published sets are absent"))
  func publishedSetsHaveTheirRepeats() throws {
    let tables = try ["train", "dev"].map {
      try LabelledTable("\(sharedDataPath)/stsb/stsb-en-\($0).csv")
    }
    let statistics = try TableStatistics(
      of: tables, TableStatistics.Columns(texts: ["1", "2"], label: "3"))
    #expect(statistics.splits.map(\.rows) == [5749, 1500])
    #expect(statistics.splits[0].scores == 0...5)
    #expect(statistics.splits[0].repeats.count == 40)
    #expect(statistics.splits[0].conflicts.count == 4)
    #expect(statistics.leaks.map(\.rows.count) == [6])
  }
}
