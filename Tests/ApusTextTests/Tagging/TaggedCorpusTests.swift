import ApusFiles
import Testing

@testable import ApusText

@Suite struct TaggedCorpusTests {
  @Test func readsColumns() throws {
    let directory = try TemporaryDirectory()
    let path = try directory.write(
      "-DOCSTART- -X- O\r\n\r\nU.N. NNP I-ORG\nofficial\tNN  O\n\n\n \nHe PRP O", to: "a.txt")
    let corpus = try TaggedCorpus(contentsOf: path)
    #expect(
      corpus.sentences == [
        TaggedSentence(words: ["U.N.", "official"], tags: ["I-ORG", "O"], rows: [3, 4]),
        TaggedSentence(words: ["He"], tags: ["O"], rows: [8]),
      ])
    #expect(try corpus.hasEntities() && corpus.wordCount == 3)
    let parts = try TaggedCorpus(contentsOf: path, as: .columns(word: 1, tag: 2))
    #expect(parts.sentences.map(\.tags) == [["NNP", "NN"], ["PRP"]])
    #expect(try !parts.hasEntities())
  }

  @Test(arguments: [
    ("-DOCSTART- -X- O\n\nU.N. NNP I-ORG\n", true),
    ("\nHe PRP O\nwaits VB O\n\nA line of text\n", true),
    ("He PRP O\n\nIt PRP O\n", false), ("He waits\nIt waits\n", false),
    ("The type is O\nas blood of the type O\n\n", false), ("", false), ("alone\nO\n\n", false),
  ]) func columnsAreToldFromText(_ text: String, _ areColumns: Bool) throws {
    let directory = try TemporaryDirectory()
    let path = try directory.write(text, to: "a.txt")
    #expect(try TaggedFormat.recognized(of: path) == (areColumns ? TaggedFormat.columns : nil))
    #expect(try TaggedFormat.recognized(of: directory.path) == .paired)
    #expect(try TaggedFormat.recognized(of: "a.conllu") == .conllu(tag: 4))
  }

  @Test func readsUniversalDependencies() throws {
    let directory = try TemporaryDirectory()
    func row(_ id: String, _ form: String, _ tag: String) -> String {
      "\(id)\t\(form)\t_\t\(tag)\tX\t_\t_\t_\t_\t_\n"
    }
    let text =
      "# text = im Haus\n" + row("1-2", "im", "_") + row("1", "in", "ADP") + row("2", "dem", "DET")
      + row("2.1", "alten", "ADJ") + row("3", "New York", "PROPN") + "\n" + row("1", "#", "SYM")
    let path = try directory.write(text, to: "a.conllu")
    let corpus = try TaggedCorpus(contentsOf: path)
    #expect(
      corpus.sentences == [
        TaggedSentence(
          words: ["in", "dem", "New York"], tags: ["ADP", "DET", "PROPN"], rows: [3, 4, 6]),
        TaggedSentence(words: ["#"], tags: ["SYM"], rows: [8]),
      ])
    let others = try TaggedCorpus(contentsOf: path, as: .conllu(tag: 5))
    #expect(Set(others.sentences.flatMap(\.tags)) == ["X"])
  }

  @Test func readsPairs() throws {
    let directory = try TemporaryDirectory()
    _ = try directory.write("to las vegas\n\nnow\n", to: "seq.in")
    _ = try directory.write("O B-city I-city\n\nO\n", to: "seq.out")
    let corpus = try TaggedCorpus(contentsOf: directory.path)
    #expect(corpus.sentences.map(\.words) == [["to", "las", "vegas"], ["now"]])
    #expect(corpus.sentences.map(\.rows) == [[1, 1, 1], [3]])
  }

  @Test(arguments: [
    ("a b c\nd e\n", "a.txt", 2, "3 columns", "2"),
    ("alone\n", "a.txt", 1, "at least 2 columns", "1"),
    ("1\ta\n", "a.conllu", 1, "10 columns", "2"),
    ("2\ta\t_\tX\t_\t_\t_\t_\t_\t_\n", "a.conllu", 1, "the word 1", "\"2\""),
    ("1\t\t_\tX\t_\t_\t_\t_\t_\t_\n", "a.conllu", 1, "a word and its tag", "empty"),
    ("x-1\ta\t_\tX\t_\t_\t_\t_\t_\t_\n", "a.conllu", 1, "the word 1", "x-1"),
  ]) func refusesBrokenRows(
    _ text: String, _ name: String, _ row: Int, _ expected: String, _ found: String
  ) throws {
    let directory = try TemporaryDirectory()
    let file = try directory.write(text, to: name)
    let error = #expect(throws: InputError.self) { try TaggedCorpus(contentsOf: file) }
    #expect(error?.file == file && error?.row == row)
    #expect(error?.expected.contains(expected) == true)
    #expect(error?.found.contains(found) == true)
  }

  @Test func refusesWhatDoesNotFit() throws {
    let directory = try TemporaryDirectory()
    let words = try directory.write("a b\nc\nd\n", to: "seq.in")
    let tags = try directory.write("O O\nO\n", to: "seq.out")
    var error = #expect(throws: InputError.self) { try TaggedCorpus(contentsOf: directory.path) }
    #expect(error?.description == "\(tags): expected 3 lines, as many as in \(words), got 2")
    _ = try directory.write("O\nO\nO\n", to: "seq.out")
    error = #expect(throws: InputError.self) { try TaggedCorpus(contentsOf: directory.path) }
    #expect(error?.row == 1 && error?.file == tags)
    let empty = try directory.write("\n-DOCSTART- O\n", to: "empty.txt")
    #expect(throws: InputError.self) { try TaggedCorpus(contentsOf: empty) }
    let mixed = try directory.write("a O\nb B-PER\n\nc PER\n", to: "mixed.txt")
    let corpus = try TaggedCorpus(contentsOf: mixed)
    error = #expect(throws: InputError.self) { try corpus.hasEntities() }
    #expect(error?.row == 4 && error?.found == "PER")
  }

  @Test(.enabled(if: sharedData != nil)) func readsRealData() throws {
    let data = try #require(sharedData)
    // As many sentences and entities as the shared task says of its test set.
    let names = try TaggedCorpus(contentsOf: "\(data)/conll2003/eng.testb.gz")
    #expect(names.sentences.count == 3453 && names.wordCount == 46435)
    var types: [String: Int] = [:]
    for entity in names.sentences.flatMap({ Entity.all(in: $0.tags) }) {
      types[entity.type, default: 0] += 1
    }
    #expect(types == ["LOC": 1668, "MISC": 702, "ORG": 1661, "PER": 1617])
    let treebank = try TaggedCorpus(
      contentsOf: "\(data)/ud_english_ewt/en_ewt-ud-test.conllu.gz")
    #expect(Set(treebank.sentences.flatMap(\.tags)).count <= 17)
    #expect(try !treebank.hasEntities())
    #expect(try TaggedCorpus(contentsOf: "\(data)/atis/test").sentences.count == 893)
  }
}
