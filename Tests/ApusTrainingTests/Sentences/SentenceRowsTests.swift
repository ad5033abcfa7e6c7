import ApusFiles
import ApusTensors
import Foundation
import Testing

@testable import ApusTraining

@Suite struct SentenceRowsTests {
  private func rows(
    _ text: String, as name: String = "rows.tsv", columns: [String] = [],
    _ loss: SentenceRecipe.Loss
  ) throws -> SentenceRows {
    let file = FileManager.default.temporaryDirectory.appending(
      path: "apus-\(UUID().uuidString)-\(name)")
    defer { try? FileManager.default.removeItem(at: file) }
    try Data(text.utf8).write(to: file)
    let recipe = SentenceRecipe(loss: loss)
    return try SentenceRows(file.path, columns: columns, recipe.rows, recipe)
  }

  @Test func columnsByNameNumberAndChoice() throws {
    let named = try rows("score\tsentence2\tsentence1\n2\tb\ta\n", .cosent)
    #expect(named.texts == [["a", "b"]] && named.targets == [2])
    let numbered = try rows("a,b,0.5\nc,d,1\n", as: "rows.csv", .cosine)
    #expect(numbered.texts == [["a", "b"], ["c", "d"]] && numbered.targets == [0.5, 1])
    let chosen = try rows("x\ty\tz\n1\ta\tb\n", columns: ["y", "z", "x"], .contrastive)
    #expect(chosen.texts == [["a", "b"]] && chosen.targets == [1])
    let byNumber = try rows("a\tb\t3\n", columns: ["2", "1", "3"], .cosent)
    #expect(byNumber.texts == [["b", "a"]] && byNumber.targets == [3])
  }

  /// A header of any name that has a role is no row.
  @Test(arguments: SentenceRows.names.first)
  func headersOfAnchors(_ name: String) throws {
    for second in SentenceRows.names.second where second != name {
      #expect(try rows("\(name)\t\(second)\na\tb\n", .ranking).texts == [["a", "b"]])
    }
  }

  @Test func headersOfOtherRoles() throws {
    for name in SentenceRows.names.negative {
      let text = "anchor\tpositive\t\(name)\na\tb\tc\n"
      #expect(try rows(text, .triplet).texts == [["a", "b", "c"]], "\(name)")
    }
    for name in SentenceRows.names.score {
      let found = try rows("sentence1\tsentence2\t\(name)\na\tb\t1\n", .cosent)
      #expect(found.texts == [["a", "b"]] && found.targets == [1], "\(name)")
    }
    for text in SentenceRows.names.text {
      for label in SentenceRows.names.label {
        let found = try rows("\(label)\t\(text)\nx\ta\ny\tb\n", .additiveMargin)
        #expect(found.texts == [["a"], ["b"]] && found.labels == ["x", "y"])
      }
    }
  }

  @Test func plainLinesHaveNoNamedColumns() throws {
    let error = try #require(throws: InputError.self) {
      try rows("Ann went home.\nBo stayed.\n", as: "story.txt", .cosent)
    }
    #expect(error.found == "words, no named columns", "\(error)")
  }

  @Test(arguments: [SentenceRecipe.Loss.cosent, .triplet, .additiveMargin])
  func columnsWithoutARoleAreRefused(_ loss: SentenceRecipe.Loss) throws {
    let error = try #require(throws: InputError.self) {
      try rows("a\tb\t1\tx\nc\td\t0\ty\n", columns: ["1", "2", "3", "4"], loss)
    }
    #expect(error.description.hasSuffix("columns, got 4"), "\(error)")
  }

  @Test func anyNumberOfNegatives() throws {
    let json = """
      {"anchor": "e", "positive": "f", "negative1": "g", "negative2": null}
      {"anchor": "a", "positive": "b", "negative1": "c", "negative2": "d"}
      {"anchor": "h", "positive": "i", "negative": "j"}

      """
    #expect(
      try rows(json, as: "rows.jsonl", .ranking).texts
        == [["e", "f", "g"], ["a", "b", "c", "d"], ["h", "i", "j"]])
    let list = try #require(throws: InputError.self) {
      try rows(
        "{\"anchor\": \"a\", \"positive\": \"b\", \"negative\": [\"c\"]}\n", as: "rows.jsonl",
        .ranking)
    }
    #expect(list.description.contains("expected a text in column \"negative\""))
    #expect(try rows("a\tb\nc\td\te\n", .ranking).texts == [["a", "b"], ["c", "d", "e"]])
    #expect(try rows("a\tb\nc\td\n", .ranking).texts == [["a", "b"], ["c", "d"]])
    #expect(try rows("a\tb\tn\n", .triplet).texts == [["a", "b", "n"]])
    #expect(throws: InputError.self) { try rows("a\tb\n", .triplet) }
  }

  @Test func labelsAreNumbered() throws {
    let labelled = try rows("text\tlabel\none\tz\ntwo\ta\nthree\tz\n", .additiveMargin)
    #expect(labelled.labels == ["a", "z"] && labelled.targets == [1, 0, 1])
    #expect(throws: InputError.self) { try rows("text\tlabel\none\tz\n", .additiveMargin) }
  }

  @Test(arguments: [
    ("a\tb\tnan\n", SentenceRecipe.Loss.cosent), ("a\tb\t0.5\n", .contrastive),
    ("a\tb\t5\n", .cosine), ("a\t\t1\n", .cosent), ("a\tb\tmuch\n", .cosent),
  ])
  func badRowsAreNamed(_ text: String, _ loss: SentenceRecipe.Loss) throws {
    let error = try #require(throws: InputError.self) {
      try rows("sentence1\tsentence2\tscore\nx\ty\t1\n" + text, loss)
    }
    #expect(error.row == 3, "\(error)")
  }

  @Test func batchesHoldTextsByTheirRole() {
    let examples = SentenceExamples(
      ids: [[[1], [2, 2], [3]], [[4], [5]]], targets: [0.5, 1], keys: [])
    let batch = examples.batch([1, 0])
    #expect(batch.ids.values.elements(as: Int32.self) == [4, 1, 5, 2, 2, 3])
    #expect(batch.ids.lengths == [1, 1, 1, 2, 1])
    #expect(batch.targets == [1, 0.5] && batch.rowCount == 2)
  }
}
