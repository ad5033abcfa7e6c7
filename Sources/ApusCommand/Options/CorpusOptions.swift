import ApusText
import ArgumentParser

/// The texts that a command reads and how they fall into documents.
struct CorpusOptions: ParsableArguments {
  enum Documents: String, CaseIterable, ExpressibleByArgument {
    case automatic, files, lines
    case blankLines = "blank-lines"
    case jsonLines = "json-lines"
  }

  @Argument(
    help: "Text files, gzip or not, directories of them, or - for standard input.",
    completion: .file())
  var input: [String]

  @Option(
    help: ArgumentHelp(
      "What a document is: each file, each line, what stands between blank lines, or the text in "
        + "each line of JSON. Automatic takes .jsonl and .ndjson as JSON, others as files."))
  var documents = Documents.automatic

  @Option(help: "The key of the text in lines of JSON.")
  var key = "text"

  @Flag(help: "Refuse text that is not UTF-8 instead of replacing what is ill-formed.")
  var strict = false

  func corpus() throws -> Corpus {
    let kind: Corpus.Documents =
      switch documents {
      case .automatic: .automatic
      case .files: .files
      case .lines: .lines
      case .blankLines: .blankLines
      case .jsonLines: .jsonLines
      }
    return try Corpus(input, documents: kind, isStrict: strict, key: key)
  }
}
