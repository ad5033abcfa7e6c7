import ApusText
import ArgumentParser

/// How text falls into documents.
struct CorpusFormat: ParsableArguments {
  enum Documents: String, CaseIterable, ExpressibleByArgument {
    case automatic, files, lines
    case blankLines = "blank-lines"
    case jsonLines = "json-lines"
  }

  @Option(
    help: ArgumentHelp(
      "What a document is: each file, each line, what stands between blank lines, or the text in "
        + "each line of JSON. Automatic takes .jsonl and .ndjson as JSON, others as files."))
  var documents = Documents.automatic

  @Option(help: "The key of the text in lines of JSON.")
  var key = "text"

  func corpus(_ paths: [String], isStrict: Bool = false) throws -> Corpus {
    let kind: Corpus.Documents =
      switch documents {
      case .automatic: .automatic
      case .files: .files
      case .lines: .lines
      case .blankLines: .blankLines
      case .jsonLines: .jsonLines
      }
    return try Corpus(paths, documents: kind, isStrict: isStrict, key: key)
  }
}

/// The texts that a command reads once.
struct CorpusOptions: ParsableArguments {
  @Argument(
    help: "Text files, gzip or not, directories of them, or - for standard input.",
    completion: .file())
  var input: [String]

  @OptionGroup var format: CorpusFormat

  @Flag(help: "Refuse text that is not UTF-8 instead of replacing what is ill-formed.")
  var strict = false

  func corpus() throws -> Corpus { try format.corpus(input, isStrict: strict) }
}
