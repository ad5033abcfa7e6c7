import ApusFiles
import ApusText
import ArgumentParser
import Foundation

struct Prepare: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Encode a corpus once, as token shards that training maps into memory.",
    discussion: """
      The output directory holds the shards and their tokenizer.json, or both in train and \
      validation with --validation-fraction. It gets its name when it is whole. A directory of \
      shards of the same tokenizer is replaced, any other is refused.

      EXAMPLES
        apus prepare --tokenizer tokenizer.json --output shards \\
          --end-of-text corpus/
        apus prepare --tokenizer bert/ --output shards --sentences \\
          --documents blank-lines wiki.txt
        apus prepare --tokenizer tokenizer.json --output shards \\
          --validation-fraction 0.01 \\
          texts.jsonl.gz
      """)

  @Option(help: "The tokenizer: a file or a model directory.", completion: .file())
  var tokenizer: String

  @Option(name: .shortAndLong, help: "The directory to make.", completion: .directory)
  var output: String

  @Flag(help: "Put the token <|endoftext|> behind each document, as GPT's training expects.")
  var endOfText = false

  @Flag(help: "Keep where sentences end, for BERT's next-sentence prediction.")
  var sentences = false

  @Option(
    help: ArgumentHelp("Keep this share of the documents for validation.", valueName: "f"))
  var validationFraction = 0.0

  @Flag(help: "Print the report as JSON.")
  var json = false

  @OptionGroup var corpus: CorpusOptions
  @OptionGroup var threads: ThreadOption

  func validate() throws {
    guard 0...0.9 ~= validationFraction else {
      throw ValidationError(
        "--validation-fraction must be from 0 to 0.9, got \(validationFraction).")
    }
  }

  func run() throws {
    let tokenizer = try Tokenizer(contentsOf: tokenizer)
    var options = PrepareOptions()
    options.keepsSentences = sentences
    options.threadCount = threads.count
    if endOfText {
      options.endOfText = tokenizer.id(of: Tokenizer.endOfText)
      guard options.endOfText != nil else {
        throw InputError(
          file: self.tokenizer, expected: "the token \(Tokenizer.endOfText) for --end-of-text",
          found: "a vocabulary without it")
      }
    }
    let prepared = try PreparedCorpus(
      corpus.corpus(), with: tokenizer, to: output, options,
      validationFraction: validationFraction)
    if json { Output.print(prepared.json(output: output)) } else { print(prepared.text(output)) }
  }
}

extension PreparedCorpus {
  fileprivate func text(_ output: String) -> String {
    let rate = Double(report.corpus.bytes) / Double(report.tokens)
    var lines = [
      "\(output): \(Quantities.count(report.tokens, "token")) from \(report.corpus.summary)",
      String(format: "  %.2f bytes per token, ", rate)
        + "\(Quantities.percent(report.unknownTokens, of: report.tokens)) unknown",
    ]
    if report.sentences > 0 { lines.append("  \(Quantities.count(report.sentences, "sentence"))") }
    if let validation {
      lines.append("  train: \(training.summary); validation: \(validation.summary)")
    }
    return lines.joined(separator: "\n")
  }

  fileprivate func json(output: String) -> JSONValue {
    var members: [(key: String, value: JSONValue)] = [
      ("output", .string(output)), ("tokens", .integer(report.tokens)),
      ("unknown_tokens", .integer(report.unknownTokens)),
      ("bytes_per_token", .number(Double(report.corpus.bytes) / Double(report.tokens))),
      ("sentences", .integer(report.sentences)), ("shards", .integer(report.shards)),
      ("corpus", report.corpus.json), ("train", training.json),
    ]
    if let validation { members.append(("validation", validation.json)) }
    return .object(members)
  }
}

extension PreparedCorpus.Part {
  fileprivate var summary: String {
    "\(Quantities.count(documents, "document")), \(Quantities.count(tokens, "token"))"
  }

  fileprivate var json: JSONValue {
    .object([("documents", .integer(documents)), ("tokens", .integer(tokens))])
  }
}
