import ApusText
import ArgumentParser

/// Which columns of tagged sentences are words and tags.
struct ColumnOptions: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: "The column of words, from 1, or from the last, which is -1. (default: 1)")
  var wordColumn: Int?

  @Option(
    parsing: .unconditional,
    help: "The column of tags. (default: -1, the last; 4 in CoNLL-U, which is UPOS)")
  var tagColumn: Int?

  func validate() throws {
    for (name, column) in [("--word-column", wordColumn), ("--tag-column", tagColumn)] {
      if let column, !(1...1000 ~= column.magnitude) {
        throw ValidationError("\(name) must be from 1 to 1000 or -1 to -1000, got \(column).")
      }
    }
  }

  /// The options that were given.
  var given: [(name: String, value: String)] {
    [
      ("--word-column", wordColumn.map(String.init)), ("--tag-column", tagColumn.map(String.init)),
    ].givenOptions
  }

  /// The tagged sentences of a path.
  func corpus(_ path: String) throws -> TaggedCorpus {
    var format = TaggedFormat(of: path)
    switch format {
    case .columns(let word, let tag):
      format = .columns(word: wordColumn ?? word, tag: tagColumn ?? tag)
    case .conllu(let tag):
      guard wordColumn == nil, 3...10 ~= tagColumn ?? tag else {
        throw ValidationError(
          "words of CoNLL-U are in column 2 and --tag-column must be from 3 to 10.")
      }
      format = .conllu(tag: tagColumn ?? tag)
    case .paired:
      guard given.isEmpty else { throw ValidationError("\(path): pairs of files have no columns.") }
    }
    return try TaggedCorpus(contentsOf: path, as: format)
  }
}
