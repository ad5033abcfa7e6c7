import ApusFiles
import ApusText
import Foundation
import Testing

@Suite struct LabelledTextsTests {
  /// Reads a file of some lines.
  private func read(
    _ lines: String, name: String = "data.txt", _ format: LabelledFormat = .automatic,
    phrases: Bool = false
  ) throws -> [[String]] {
    try read(lines, name: name, LabelledLayout(format: format), phrases: phrases)
  }

  private func read(
    _ lines: String, name: String = "data.txt", _ layout: LabelledLayout, phrases: Bool = false
  ) throws -> [[String]] {
    let directory = FileManager.default.temporaryDirectory.appending(
      path: "apus-labelled-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    let file = directory.appending(path: name)
    try Data(lines.utf8).write(to: file)
    return try LabelledTexts(file.path, layout, includesPhrases: phrases).texts.map {
      [$0.label, $0.text]
    }
  }

  @Test func textsKnowTheirPlaces() throws {
    let directory = try TemporaryDirectory()
    let lines = try directory.write("\n1 a fine film\n\n0 a bad one\n".utf8, to: "lines.txt")
    #expect(try LabelledTexts(lines).places.map(\.row) == [2, 4])
    let tree = try directory.write("\n(3 (2 a) (4 joy))\n".utf8, to: "trees.txt")
    let phrases = try LabelledTexts(tree, includesPhrases: true)
    #expect(phrases.places.map(\.row) == phrases.texts.map { _ in 2 })
    for label in ["bad", "good"] {
      _ = try directory.write("A \(label) text.".utf8, to: "classes/\(label)/1")
    }
    let root = "\(directory.path)/classes"
    let places = try LabelledTexts(root).places
    #expect(places.map(\.file) == ["bad", "good"].map { "\(root)/\($0)/1" })
    #expect(places.allSatisfy { $0.row == nil })
  }

  @Test func guessesTheFormatFromTheFirstLine() throws {
    #expect(
      try read("1 a fine film\n\n0 a : bad one\r\n") == [
        ["1", "a fine film"], ["0", "a : bad one"],
      ])
    #expect(
      try read("HUM:ind Who was Galileo ?\nLOC:city Where ?\n")
        == [["HUM", "Who was Galileo ?"], ["LOC", "Where ?"]])
    #expect(try read("spam\tbuy now\nham\thello\n") == [["spam", "buy now"], ["ham", "hello"]])
    #expect(
      try read("id\tsentence\tlabel\n0\tgood\tyes\n") == [["yes", "good"]])
    #expect(
      try read(
        "{\"text\": \"a b\", \"label\": \"x\"}\n{\"label\": 3, \"text\": \"c\"}\n", name: "d.jsonl")
        == [["x", "a b"], ["3", "c"]])
  }

  @Test func fineLabelsKeepBothClasses() throws {
    #expect(try read("HUM:ind Who ?\n", .fine) == [["HUM:ind", "Who ?"]])
  }

  @Test func treesGiveSentencesOrPhrases() throws {
    let tree = "(3 (2 It) (4 (2 is) (4 good\\/fine)))\n(2 (2 So) (2 what))\n"
    #expect(try read(tree) == [["3", "It is good/fine"], ["2", "So what"]])
    #expect(try read(tree, .binaryTrees) == [["1", "It is good/fine"]])
    #expect(
      try read(tree, .binaryTrees, phrases: true)
        == [["1", "good/fine"], ["1", "is good/fine"], ["1", "It is good/fine"]])
    #expect(
      try read(tree, .trees, phrases: true).map { $0[0] } == [
        "2", "2", "4", "4", "3", "2", "2", "2",
      ])
  }

  @Test(arguments: [
    ("1 good\nbad\n", LabelledFormat.automatic, "data.txt:2: expected a label, a blank, a text"),
    ("1 good\n1  \n", .automatic, ":2: expected a label, a blank, a text"),
    ("A:b c\nd e\n", .automatic, ":2: expected COARSE:fine, a blank, a text"),
    ("x\ty\nz\n", .automatic, ":2: expected a label, a tab, a text"),
    // Columns of another table: a source, a label, a mark, a sentence.
    ("gj04\t1\t\tIt sank.\n", .automatic, ":1: expected a label, a tab, a text, as no first line"),
    (
      "a\tlabel\ttext\n1\t2\n", .automatic,
      ":2: expected a label and a text in columns label and text, got 2: \"1 | 2\""
    ),
    ("(3 (2 a) (2 b)\n", .trees, ":1: expected a tree"),
    ("(7 a)\n", .trees, ":1: expected a tree"),
    ("(3 a) (3 b)\n", .trees, ":1: expected a tree"),
    ("{\"text\": 3}\n", .json, ":1: expected the key \"label\", got text"),
    ("{\"text\"\n", .json, ":1: expected"),
    ("\n\n", .automatic, "expected labelled texts, got none"),
  ])
  func refusesLinesWithoutLabelOrText(_ lines: String, _ format: LabelledFormat, _ message: String)
    throws
  {
    let error = #expect(throws: InputError.self) { try read(lines, format) }
    #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
  }

  @Test func headersAreNotLearntFrom() throws {
    let rows = [["pos", "good film"], ["neg", "bad film"]]
    #expect(try read("review\tsentiment\ngood film\tpos\nbad film\tneg\n") == rows)
    #expect(
      try read("review,sentiment\ngood film,pos\nbad film,neg\n", name: "a.csv") == rows)
    #expect(
      try read("id,text,author\n1,good film,pos\n2,bad film,neg\n", name: "a.csv") == rows)
    #expect(
      try read(
        "{\"review\": \"good film\", \"sentiment\": \"pos\"}\n\n"
          + "{\"sentiment\": \"neg\", \"review\": \"bad film\"}\n", name: "a.jsonl") == rows)
    // A label that is also the name of a column: rows, as the file has it again or a text of words.
    #expect(
      try read("question\twhen\nanswer\tnow\nquestion\twhy\n").map { $0[0] }
        == ["question", "answer", "question"])
    #expect(
      try read("negative\tawful\npositive\tgreat\n") == [
        ["negative", "awful"], ["positive", "great"],
      ])
  }

  @Test func columnsAreAskedFor() throws {
    let csv = "id,body,mood\n1,good film,pos\n2,\"bad, film\",neg\n"
    let layout = LabelledLayout(textColumn: "body", labelColumn: "mood")
    let rows = [["pos", "good film"], ["neg", "bad, film"]]
    #expect(try read(csv, name: "a.csv", layout) == rows)
    #expect(try read(csv, name: "a.txt", layout).count == 2)
    #expect(
      try read(
        "pos\t1\tgood film\nneg\t2\tbad, film\n",
        LabelledLayout(textColumn: "3", labelColumn: "1")) == rows)
    #expect(
      try read(
        "label,text,mood\nx,good film,pos\n", name: "a.csv", LabelledLayout(labelColumn: "mood"))
        == [["pos", "good film"]])
    #expect(
      try read(
        "{\"body\": \"good film\", \"meta\": {\"mood\": 3}}\n", name: "a.jsonl",
        LabelledLayout(textColumn: "body", labelColumn: "meta.mood")) == [["3", "good film"]])
  }

  @Test(arguments: [
    (
      "id,body,mood\n1,a,b\n", "a.csv", LabelledLayout(textColumn: "bdy", labelColumn: "mood"),
      "a.csv:1: expected a column \"bdy\", got id, body, mood (did you mean body?)"
    ),
    (
      "id,text,mood\n1,a,b\n", "a.csv", LabelledLayout(),
      "a.csv:1: expected a column label (or --label-column), got id, text, mood"
    ),
    (
      "id\tnote\tmood\n1\ta\tb\n", "a.tsv", LabelledLayout(labelColumn: "mood"),
      "a.tsv:1: expected a column text (or --text-column), got id, note, mood"
    ),
    (
      "review\tmood\ngood film\tb\nbad film\tc\n", "a.tsv", LabelledLayout(),
      "a.tsv:1: expected a column label (or --label-column), got review, mood"
    ),
    (
      "anchor\tpositive\na\tb\n", "a.tsv", LabelledLayout(),
      "a.tsv:1: expected a column text (or --text-column) and a column label (or --label-column), "
        + "got anchor, positive"
    ),
    (
      "pos good film\n", "a.txt", LabelledLayout(labelColumn: "mood"),
      "a.txt: expected a table with a column \"mood\": CSV, TSV or JSON lines, got words"
    ),
    (
      "pos\ta\tb\n", "a.tsv", LabelledLayout(textColumn: "3"),
      "a.tsv:1: expected --text-column and --label-column, as no first line names the columns"
    ),
    (
      "{\"txt\": \"a\", \"label\": 1}\n", "a.jsonl", LabelledLayout(),
      "a.jsonl:1: expected the key \"text\", got txt, label"
    ),
    (
      "{\"txt\": \"a\", \"class\": 1}\n", "a.jsonl", LabelledLayout(),
      "a.jsonl:1: expected the key \"text\", got txt, class"
    ),
    (
      "{\"text\": 5, \"label\": 1}\n", "a.jsonl", LabelledLayout(),
      "a.jsonl:1: expected a string in column \"text\", got 5"
    ),
  ])
  func tablesWithoutTextOrLabelNameTheirColumns(
    _ lines: String, _ name: String, _ layout: LabelledLayout, _ message: String
  ) throws {
    let error = try #require(throws: InputError.self) { try read(lines, name: name, layout) }
    let place = error.file.map { URL(filePath: $0).lastPathComponent } ?? ""
    #expect(
      error.description.replacing(error.file ?? "", with: place).hasPrefix(message), "\(error)")
  }

  @Test func bytesThatAreNoUTF8AreSaid() throws {
    let directory = try TemporaryDirectory()
    let bytes = Array("pos caf".utf8) + [0xE9] + Array("\nneg bar\n".utf8)
    let file = try directory.write(bytes, to: "a.txt")
    let repaired = try LabelledTexts(file)
    #expect(repaired.texts[0].text == "caf\u{FFFD}" && repaired.notes.count == 1)
    #expect(repaired.notes.first?.hasPrefix("\(file): 1 line has bytes that are not UTF-8") == true)
    let latin = try LabelledTexts(file, LabelledLayout(encoding: .latin1))
    #expect(latin.texts[0].text == "café" && latin.notes.isEmpty)
    #expect(throws: InputError.self) {
      try LabelledTexts(file, LabelledLayout(encoding: .utf8))
    }
    // Pairs of files and trees are read alike; files of a directory have an encoding each.
    _ = try directory.write(bytes, to: "pairs/seq.in")
    _ = try directory.write("a\nb\n", to: "pairs/label")
    _ = try directory.write(Array("(3 caf".utf8) + [0xE9] + Array(")\n".utf8), to: "trees.txt")
    for name in ["pairs", "trees.txt"] {
      let texts = try LabelledTexts("\(directory.path)/\(name)")
      #expect(texts.notes.count == 1 && texts.texts[0].text.hasSuffix("caf\u{FFFD}"), "\(name)")
    }
    _ = try directory.write("a film\n", to: "labels/good/1")
    #expect(throws: InputError.self) {
      try LabelledTexts("\(directory.path)/labels", LabelledLayout(encoding: .utf8))
    }
  }

  @Test func labelsOfOneTextEachAreNoLabels() throws {
    let directory = try TemporaryDirectory()
    func texts(_ lines: [String]) throws -> LabelledTexts {
      try LabelledTexts(try directory.write(lines.joined(separator: "\n"), to: "lines.txt"))
    }
    let story = (0..<12).map { "Word\($0 < 7 ? $0 : 7) begins the line." }
    let error = try #require(throws: InputError.self) {
      try texts(story).requireSharedLabels()
    }
    #expect(
      error.found == "8 labels, of which 7 have one text each, such as \"Word0\", \"Word1\", "
        + "\"Word2\", … (7 in all)", "\(error)")
    let many = (0..<60).flatMap { number in
      (0..<(number < 25 ? 1 : 9)).map { "Word\(number) begins line \($0)" }
    }
    #expect(throws: InputError.self) { try texts(many).requireSharedLabels() }
    try texts(Array(many.dropFirst(10))).requireSharedLabels()
    try texts(Array(story.prefix(7))).requireSharedLabels()
  }

  @Test func labelsThatNobodyKnowsAreRefused() throws {
    let directory = try TemporaryDirectory()
    let file = try directory.write("\npos a good film\nneg a bad one\n", to: "lines.txt")
    let texts = try LabelledTexts(file)
    try texts.requireAny(of: ["neg", "other"])
    let error = try #require(throws: InputError.self) {
      try texts.requireAny(of: (0..<12).map { "\($0)" })
    }
    #expect(
      error.description == "\(file):2: expected a label of 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, "
        + "… (12 in all), which no text has, got \"pos\"")
  }

  @Test func directoriesHoldTextsAndLabels() throws {
    let directory = FileManager.default.temporaryDirectory.appending(
      path: "apus-labelled-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    func write(_ text: String, _ name: String) throws {
      try Data(text.utf8).write(to: directory.appending(path: name))
    }
    try write("show me flights\n\nwhich fares\n", "seq.in")
    try write("flight\nnothing\nfare\n", "label")
    #expect(
      try LabelledTexts(directory.path).texts.map(\.label) == ["flight", "fare"])
    try write("flight\n\nfare\nfare\n", "label")
    let unequal = #expect(throws: InputError.self) { try LabelledTexts(directory.path) }
    #expect(unequal?.expected.contains("3 lines") == true && unequal?.found == "4")
    try write("flight\n\n\n", "label")
    let empty = #expect(throws: InputError.self) { try LabelledTexts(directory.path) }
    #expect(empty?.row == 3 && empty?.expected == "a label")
  }

  /// scikit-learn's `load_files`: a directory for each label, a file for each text.
  @Test func directoriesNameLabels() throws {
    let directory = try TemporaryDirectory()
    _ = try directory.write("Subject: gears\n\nthe car", to: "autos/101")
    _ = try directory.write([0x66, 0xE9, 0x72], to: "space/9")
    _ = try directory.write("fér — ½", to: "space/10.txt")
    _ = try directory.write("not read", to: "space/.hidden")
    let texts = try LabelledTexts(directory.path + "/").texts
    #expect(
      texts.map { [$0.label, $0.text] } == [
        ["autos", "Subject: gears\n\nthe car"], ["space", "fér — ½"], ["space", "fér"],
      ])
    #expect(try LabelledTexts(directory.path, LabelledLayout(format: .directories)).texts == texts)
    func failure() -> InputError? {
      #expect(throws: InputError.self) { try LabelledTexts(directory.path) }
    }
    let empty = try directory.write(" \n", to: "autos/7")
    #expect(failure()?.file == empty && failure()?.expected == "a text")
    try FileManager.default.removeItem(atPath: empty)
    _ = try directory.write("deeper", to: "autos/more/1")
    #expect(failure()?.file?.hasSuffix("autos/more") == true)
    try FileManager.default.removeItem(atPath: "\(directory.path)/autos/more")
    _ = try directory.write("beside", to: "README")
    #expect(failure()?.file?.hasSuffix("README") == true)
    let none = try TemporaryDirectory()
    let nothing = #expect(throws: InputError.self) { try LabelledTexts(none.path) }
    #expect(nothing?.found == "none")
  }
}
