import ApusFiles
import ApusText
import ArgumentParser

struct TokenizerTrain: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Learn a vocabulary from text and write it as tokenizer.json.",
    discussion: """
      The result depends on the text alone, not on the number of threads.

      EXAMPLES
        apus tokenizer train --kind bpe --vocabulary-size 8192 --output tokenizer.json corpus/
        apus tokenizer train --kind wordpiece --vocabulary-size 30522 --no-lowercase \\
          --output cased.json wiki.jsonl.gz
        zcat corpus.gz | apus tokenizer train --kind character --output characters.json -
      """)

  @Option(
    help: ArgumentHelp(
      "Byte-level byte pairs as in GPT-2, word pieces as in BERT, or characters."))
  var kind: TokenizerTrainer.Kind

  @Option(
    help: ArgumentHelp(
      "The most tokens, special ones and alphabet included; may be left out for characters.",
      valueName: "n"))
  var vocabularySize: Int?

  @Option(name: .shortAndLong, help: "The file to write.", completion: .file(extensions: ["json"]))
  var output: String

  @Option(
    help: ArgumentHelp(
      "Leave out pieces seen fewer times. (default: 2; 1 for characters)", valueName: "n"))
  var minimumFrequency: Int?

  @Flag(
    inversion: .prefixedNo,
    help: "Whether word pieces are of lower-cased text without accents. (default: --lowercase)")
  var lowercase: Bool?

  @Option(
    help: ArgumentHelp(
      "A token with one of the first ids, in place of those usual for the kind; repeat for more.",
      valueName: "token"))
  var special: [String] = []

  @Flag(help: "Print the report as JSON.")
  var json = false

  @OptionGroup var corpus: CorpusOptions
  @OptionGroup var threads: ThreadOption

  /// More than any script has characters.
  private static let allCharacters = 1 << 21

  func validate() throws {
    guard vocabularySize != nil || kind == .character else {
      throw ValidationError("--vocabulary-size is needed for --kind \(kind.rawValue).")
    }
    if let vocabularySize, vocabularySize < 1 {
      throw ValidationError("--vocabulary-size must be at least 1, got \(vocabularySize).")
    }
    if let minimumFrequency, minimumFrequency < 1 {
      throw ValidationError("--minimum-frequency must be at least 1, got \(minimumFrequency).")
    }
    guard lowercase == nil || kind == .wordpiece else {
      throw ValidationError("--lowercase and --no-lowercase are for --kind wordpiece.")
    }
  }

  func run() throws {
    try requireWritable(output)
    var trainer = TokenizerTrainer(
      kind, vocabularySize: vocabularySize ?? Self.allCharacters,
      minimumFrequency: minimumFrequency, specialTokens: special.isEmpty ? nil : special)
    trainer.lowercases = lowercase ?? true
    trainer.threadCount = threads.count
    let (tokenizer, report) = try trainer.train(on: corpus.corpus())
    try tokenizer.save(to: output)
    if json {
      Output.print(
        .object([
          ("output", .string(output)), ("kind", .string(kind.rawValue)),
          ("vocabulary_size", .integer(tokenizer.vocabularySize)),
          ("corpus", report.json),
        ]))
    } else {
      print(
        "\(output): \(Quantities.count(tokenizer.vocabularySize, "token")) from \(report.summary)")
    }
  }
}

extension TokenizerTrainer.Kind: ExpressibleByArgument {}
