import ApusFiles
import ApusText
import ArgumentParser

struct TokenizerInspect: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Show what a tokenizer is and how it cuts text.",
    discussion: """
      EXAMPLES
        apus tokenizer inspect tokenizer.json
        apus tokenizer inspect model/ --text "To be, or not to be"
        apus tokenizer inspect tokenizer.json --sample corpus.txt --json
      """)

  @Argument(help: "The tokenizer: a file or a model directory.", completion: .file())
  var tokenizer: String

  @Option(help: "A text whose tokens are shown, with ids and the bytes they stand for.")
  var text: String?

  @Option(
    help: ArgumentHelp(
      "A file or directory of text on which bytes per token are measured.", valueName: "path"),
    completion: .file())
  var sample: String?

  @Flag(help: "Print JSON.")
  var json = false

  @OptionGroup var threads: ThreadOption

  func run() throws {
    let tokenizer = try Tokenizer(contentsOf: tokenizer)
    let summary = TokenizerSummary(tokenizer)
    let statistics = try sample.map {
      try TokenStatistics(of: Corpus([$0]), with: tokenizer, threadCount: threads.count)
    }
    let pieces = text.map { TokenPiece.pieces(of: $0, with: tokenizer) }
    if json {
      var members = summary.members
      if let statistics { members.append(("sample", statistics.json)) }
      if let pieces { members.append(("tokens", .array(pieces.map(\.json)))) }
      return Output.print(.object(members))
    }
    summary.lines.forEach { print($0) }
    if let statistics { print("sample           \(statistics.summary)") }
    if let pieces {
      print("")
      TextTable(["id", "bytes", "token"], pieces.map(\.row)).lines.forEach { print($0) }
    }
  }
}

/// A token of a text and where it stands there.
private struct TokenPiece {
  var id: Int32
  var spelling: String
  var bytes: Range<Int>

  static func pieces(of text: String, with tokenizer: Tokenizer) -> [TokenPiece] {
    let encoding = tokenizer.encode(text)
    return zip(encoding.ids, encoding.offsets).map {
      TokenPiece(id: $0, spelling: tokenizer.token(of: $0) ?? "", bytes: $1)
    }
  }

  var row: [String] {
    ["\(id)", bytes.isEmpty ? "" : "\(bytes.lowerBound)–\(bytes.upperBound)", spelling]
  }

  var json: JSONValue {
    .object([
      ("id", .integer(Int(id))), ("token", .string(spelling)),
      ("offset", .array([.integer(bytes.lowerBound), .integer(bytes.upperBound)])),
    ])
  }
}

extension TokenizerSummary {
  var lines: [String] {
    [
      "kind             \(kind)",
      "vocabulary size  \(Quantities.count(vocabularySize))",
      "special tokens   \(Self.list(specialTokens))",
      "longest tokens   \(Self.list(longestTokens))",
    ]
  }

  var members: [(key: String, value: JSONValue)] {
    func tokens(_ tokens: [Token]) -> JSONValue {
      .array(
        tokens.map {
          .object([("id", .integer(Int($0.id))), ("token", .string($0.spelling))])
        })
    }
    return [
      ("kind", .string(kind)), ("vocabulary_size", .integer(vocabularySize)),
      ("fingerprint", .string(String(fingerprint, radix: 16))),
      ("special_tokens", tokens(specialTokens)), ("longest_tokens", tokens(longestTokens)),
    ]
  }

  private static func list(_ tokens: [Token]) -> String {
    tokens.isEmpty ? "none" : tokens.map { "\($0.spelling) (\($0.id))" }.joined(separator: ", ")
  }
}
