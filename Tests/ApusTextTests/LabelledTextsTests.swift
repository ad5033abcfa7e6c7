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
    let directory = FileManager.default.temporaryDirectory.appending(
      path: "apus-labelled-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    let file = directory.appending(path: name)
    try Data(lines.utf8).write(to: file)
    return try LabelledTexts(file.path, format: format, includesPhrases: phrases).texts.map {
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
    ("{\"text\": 3}\n", .json, ":1: expected a string at label"),
    ("{\"text\"\n", .json, ":1: expected"),
    ("\n\n", .automatic, "expected labelled texts, got none"),
  ])
  func refusesLinesWithoutLabelOrText(_ lines: String, _ format: LabelledFormat, _ message: String)
    throws
  {
    let error = #expect(throws: InputError.self) { try read(lines, format) }
    #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
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
    #expect(try LabelledTexts(directory.path, format: .directories).texts == texts)
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
