import ApusFiles
import ApusText
import Foundation
import Testing

@Suite struct LabelledTableTests {
  private let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  private func table(
    _ text: String, _ name: String, _ layout: TableLayout = TableLayout()
  ) throws -> LabelledTable {
    try LabelledTable(try directory.write(text, to: name), layout)
  }

  private func message(_ body: () throws -> Void) -> String {
    let error = #expect(throws: InputError.self) { try body() }
    return error?.description.replacing("\(directory.path)/", with: "") ?? ""
  }

  /// The example of RFC 4180, §2, and what Python's `csv` makes of the same.
  @Test func quotesHoldCommasBreaksAndQuotes() throws {
    let table = try table(
      "\u{FEFF}id,text,label\r\n1,\"a \"\"fine\"\", film\",x\r\n2,\"two\r\nlines\",\r\n\r\n3,b\"c\"d,y",
      "a.csv")
    #expect(table.columnNames == ["id", "text", "label"])
    #expect(table.rows.map(\.row) == [2, 3, 6])
    #expect(
      try table.rows.map { try $0.text("text") }
        == ["a \"fine\", film", "two\r\nlines", "b\"c\"d"])
    #expect(try table.rows.map { try $0.optionalText("3") } == ["x", nil, "y"])
  }

  @Test func quotesOfTabsAreText() throws {
    let text = "sentence1\tsentence2\tscore\n\"He said\tit.\"\t2.5\n"
    #expect(try table(text, "a.tsv").rows[0].text("sentence1") == "\"He said")
    let quoted = try table(
      "sentence1\tscore\n\"a\tb\"\t2.5\n", "b.tsv", TableLayout(quoting: .quotes))
    #expect(try quoted.rows[0].text("sentence1") == "a\tb")
    #expect(try quoted.rows[0].number("score") == 2.5)
  }

  @Test func objectsHaveNestedTextsNumbersAndArrays() throws {
    let table = try table(
      """
      {"a": {"b": "deep", "c": 3}, "n": 2.5, "flags": ["x", "y", 4], "none": null}
      {"a.b": "dotted", "n": "7", "flags": "x; y", "ok": true}

      """, "a.jsonl")
    let (first, second) = (table.rows[0], table.rows[1])
    #expect(try first.text("a.b") == "deep" && first.text("a.c") == "3")
    #expect(try first.number("n") == 2.5 && second.number("n") == 7)
    #expect(try first.texts("flags") == ["x", "y", "4"])
    #expect(try second.texts("flags", separator: ";") == ["x", "y"])
    #expect(try first.optionalText("none") == nil && first.texts("none").isEmpty)
    #expect(try second.text("a.b") == "dotted" && second.text("ok") == "true")
  }

  @Test func columnsOfFilesSideBySide() throws {
    for (name, text) in [("a.toks", "one\n\ntwo\n"), ("sim.txt", "1\n0\n0\n")] {
      _ = try directory.write(text, to: "pairs/\(name)")
    }
    _ = try directory.write("no column\n", to: "pairs/README.md")
    let table = try LabelledTable(
      "\(directory.path)/pairs", TableLayout(columns: ["a", "sim.txt"]))
    #expect(try table.rows.map { try $0.optionalText("a") } == ["one", nil, "two"])
    #expect(try table.rows.map { try $0.number("sim.txt") } == [1, 0, 0])
    #expect(
      message { _ = try LabelledTable("\(directory.path)/pairs") }
        == "pairs/a.toks: expected 1 lines, as many as in pairs/README.md, got 3")
    #expect(
      message {
        _ = try LabelledTable("\(directory.path)/pairs", TableLayout(columns: ["sims"]))
      } == "pairs: expected a column \"sims\", got README, a, sim (did you mean sim?)")
  }

  @Test func firstLinesAreHeadersByTheirNames() throws {
    let plain = try table("A plane, landing.\tA plane.\t5.0\n", "a.tsv")
    #expect(plain.columnNames == nil)
    #expect(try plain.rows[0].text("1") == "A plane, landing." && plain.rows[0].number("3") == 5)
    let asked = try table("stars,words\n1,bad\n", "b.csv", TableLayout(columns: ["stars"]))
    #expect(try asked.rows.map { try $0.text("stars") } == ["1"])
    let given = try table("stars,words\n1,bad\n", "c.csv", TableLayout(header: .present))
    #expect(given.rows.count == 1)
    let absent = try table("label,text\n1,bad\n", "d.csv", TableLayout(header: .absent))
    #expect(absent.rows.count == 2)
    // Numbers of columns are no names, though cells are equal to them; other numbers may be.
    let numbered = try table("good\t1\nbad\t2\n", "e.tsv", TableLayout(columns: ["1", "2"]))
    #expect(try numbered.rows.map { try $0.text("1") } == ["good", "bad"])
    let year = try table("place,2020\nx,7\n", "f.csv", TableLayout(columns: ["2020"]))
    #expect(try year.rows.map { try $0.number("2020") } == [7])
    // A file without a telling name.
    #expect(try table("text,label\na,b\n", "data").format == .csv)
    #expect(try table("{\"text\": \"a\"}\n", "data").format == .json)
  }

  @Test func otherEncodingsAreAskedFor() throws {
    let bytes = Array("caf".utf8) + [0xE9] + Array("\t1\n".utf8)
    let file = try directory.write(bytes, to: "a.tsv")
    #expect(
      message { _ = try LabelledTable(file) }
        == "a.tsv:1: expected UTF-8, got the byte 0xe9 behind 3 bytes of the line")
    #expect(
      try LabelledTable(file, TableLayout(encoding: .latin1)).rows[0].text("1") == "café")
  }

  @Test(arguments: [
    (
      "id,text\n1,a\n2\n", "a.csv", "a.csv:3: expected 2 columns as in the first line, got 1: \"2\""
    ),
    (
      "id,text\n1,\"a\n2,b\n", "a.csv",
      "a.csv:2: expected an end of the quote in column 2, got none"
    ),
    (
      "id,text\n1,\"a\" b\n", "a.csv",
      "a.csv:2: expected a comma behind the quote that ends column 2"
    ),
    ("id,text,id\n", "a.csv", "a.csv:1: expected columns of different names, got \"id\" for"),
    ("id,,text\n", "a.csv", "a.csv:1: expected a name for column 2, got none"),
    ("", "a.csv", "a.csv: expected rows, got none"),
    ("text\tlabel\n", "a.tsv", "a.tsv: expected rows, got none"),
    ("{\"text\": \"a\"\n", "a.jsonl", "a.jsonl:1: expected '}', got the end"),
    ("{\"a\": 1}\n[1]\n", "a.jsonl", "a.jsonl:2: expected an object, got \"[1]\""),
    ("{\"a\": 1, \"a\": 2}\n", "a.jsonl", "a.jsonl:1: expected each key once, got \"a\" twice"),
    ("(3 (2 a) (2 b))\n", "data", "data:1: expected a table, got \"(3 (2 a) (2 b))\""),
    ("1 good\nbad\n", "data", "data:2: expected a label, a blank, a text, got \"bad\""),
  ])
  func refusesWhatIsNoTable(_ text: String, _ name: String, _ expected: String) throws {
    let layout = TableLayout(header: name == "a.csv" ? .present : .automatic)
    let message = message { _ = try table(text, name, layout) }
    #expect(message.hasPrefix(expected), "\(message)")
  }

  @Test func errorsNameColumnsAndValues() throws {
    let csv = try table("id,sentence1,score\n7,a,nan\n7, ,x\n", "a.csv")
    let rows = csv.rows
    #expect(
      message { _ = try rows[0].text("sentence") }
        == "a.csv:2: expected a column \"sentence\", got id, sentence1, score (did you mean sentence1?)"
    )
    #expect(
      message { _ = try rows[0].number("score") }
        == "a.csv:2: expected a finite number in column \"score\", got \"nan\"")
    #expect(
      message { _ = try rows[1].number("score") }
        == "a.csv:3: expected a finite number in column \"score\", got \"x\"")
    #expect(
      message { _ = try rows[1].text("sentence1") }
        == "a.csv:3: expected a text in column \"sentence1\", got an empty one")
    #expect(
      message { _ = try rows[1].text("4") }
        == "a.csv:3: expected a column \"4\", got id, sentence1, score")
    #expect(
      message { try csv.requireUnique("id") }
        == "a.csv:3: expected a value of its own in column \"id\", got \"7\", as in row 2")
    #expect(
      message { _ = try table("id,text\n", "b.csv", TableLayout(columns: ["txt"])) }
        == "b.csv:1: expected a column \"txt\", got id, text (did you mean text?)")
    let json = try table("{\"label\": [1], \"texts\": [[]]}\n", "a.jsonl").rows[0]
    #expect(
      message { _ = try json.text("label") }
        == "a.jsonl:1: expected a text in column \"label\", got an array of 1")
    #expect(
      message { _ = try json.texts("texts") }
        == "a.jsonl:1: expected texts in column \"texts\", got an array of 0 as number 1")
    #expect(
      message { _ = try json.number("scores") }
        == "a.jsonl:1: expected the key \"scores\", got label, texts")
  }

  @Test(arguments: [
    ("2.5", 2.5), (" 1e3 ", 1000), ("3 5", nil), ("0x1F", nil), ("1 ", 1), ("", nil),
  ])
  func numbersAreDecimalAndWhole(_ cell: String, _ expected: Double?) throws {
    let row = try table("id,score\n1,\(cell)\n", "a.csv").rows[0]
    #expect((try? row.number("score")) == expected)
  }

  @Test func stringsAreThoseOfJSONAlone() throws {
    let row = try table("{\"a\": \"\", \"b\": 1, \"c\": \" x\"}\n", "a.jsonl").rows[0]
    #expect(try row.string("a").isEmpty && row.string("c") == " x" && row.keys == ["a", "b", "c"])
    #expect(
      message { _ = try row.string("b") }
        == "a.jsonl:1: expected a string in column \"b\", got 1")
  }

  @Test func textsOfJSONAreStrings() throws {
    let row = try table("{\"a\": \"\", \"b\": 5, \"c\": \" x\"}\n", "a.jsonl").rows[0]
    #expect(try row.nonEmptyString("c") == " x" && row.text("b") == "5")
    #expect(
      message { _ = try row.nonEmptyString("b") }
        == "a.jsonl:1: expected a string in column \"b\", got 5")
    #expect(
      message { _ = try row.nonEmptyString("a") }
        == "a.jsonl:1: expected a text in column \"a\", got an empty one")
  }

  @Test func raggedRowsMissColumnsWhereAskedFor() throws {
    let rows = try table("id,text\n1\n2,b,c\n", "a.csv", TableLayout(isRagged: true)).rows
    #expect(try rows[0].optionalText("text") == nil && rows[1].text("text") == "b")
    #expect(
      message { _ = try rows[0].text("text") }
        == "a.csv:2: expected a value in column \"text\", got a row of 1")
    let longer = try table("a\tb\nc\td\te\n", "b.tsv", TableLayout(isRagged: true)).rows
    #expect(try longer.map { try $0.optionalText("3") } == [nil, "e"])
  }
}
