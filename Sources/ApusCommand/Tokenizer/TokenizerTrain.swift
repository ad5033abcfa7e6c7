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
        apus tokenizer train --kind bpe --vocabulary-size 8192 \\
          --output tokenizer.json corpus/
        apus tokenizer train --kind wordpiece --vocabulary-size 30522 \\
          --no-lowercase \\
          --output cased.json wiki.jsonl.gz
        apus tokenizer train --kind word --minimum-count 5 --special '<unk>' \\
          --output words.json corpus/
        zcat corpus.gz | apus tokenizer train --kind character \\
          --output characters.json -
      """)

  @Option(
    help: ArgumentHelp(
      """
      Byte-level byte pairs as in GPT-2, word pieces as in BERT, Unigram tokens as in \
      SentencePiece, words, or characters.
      """))
  var kind: TokenizerTrainer.Kind

  @Option(
    help: ArgumentHelp(
      "The most tokens, special ones and alphabet included; may be left out for words and characters.",
      valueName: "n"))
  var vocabularySize: Int?

  @Option(
    name: .shortAndLong,
    help: """
      The file to write: a tokenizer.json, or a SentencePiece model if it ends in .model (of kind \
      unigram), or a vocab.txt of BERT's if it ends in .txt (of kind wordpiece).
      """, completion: .file(extensions: ["json", "model", "txt"]))
  var output: String

  @Option(
    name: [.customLong("minimum-frequency"), .customLong("minimum-count")],
    help: ArgumentHelp(
      "Leave out pieces seen fewer times. (default: 2; 1 for words and characters)",
      valueName: "n"))
  var minimumFrequency: Int?

  @Flag(
    inversion: .prefixedNo,
    help: """
      Whether word pieces are of lower-cased text without accents, or words of lower-cased text. \
      (default: --lowercase for word pieces, --no-lowercase for words)
      """)
  var lowercase: Bool?

  @Flag(
    help: """
      Take for words what white space parts, as in text that is tokenized already. Else \
      punctuation is apart.
      """)
  var splitAtWhitespace = false

  @Option(
    help: ArgumentHelp(
      "For word pieces: the most characters that get a token, the most frequent first.",
      valueName: "n"))
  var alphabetLimit: Int?

  @Flag(help: "For BPE: treat each text as if it began with a space.")
  var prefixSpace = false

  @Option(
    help: ArgumentHelp(
      """
      For Unigram tokens: the share of the text whose characters get a token. (default: 0.9995)
      """, valueName: "share"))
  var characterCoverage: Double?

  @Flag(help: "For Unigram tokens: make tokens of bytes of characters that have none.")
  var byteFallback = false

  @Option(
    help: ArgumentHelp(
      "A token with one of the first ids, in place of those usual for the kind; repeat for more.",
      valueName: "token"))
  var special: [String] = []

  @Flag(help: "Print the report as JSON.")
  var json = false

  @OptionGroup var corpus: CorpusOptions
  @OptionGroup var threads: ThreadOption

  func validate() throws {
    guard vocabularySize != nil || kind.isLexicon else {
      throw ValidationError("--vocabulary-size is needed for --kind \(kind.rawValue).")
    }
    if let vocabularySize, vocabularySize < 1 {
      throw ValidationError("--vocabulary-size must be at least 1, got \(vocabularySize).")
    }
    if let minimumFrequency, minimumFrequency < 1 {
      throw ValidationError("--minimum-frequency must be at least 1, got \(minimumFrequency).")
    }
    guard lowercase == nil || kind == .wordpiece || kind == .word else {
      throw ValidationError("--lowercase and --no-lowercase are for --kind wordpiece and word.")
    }
    guard !splitAtWhitespace || kind == .word else {
      throw ValidationError("--split-at-whitespace is for --kind word.")
    }
    guard kind == .unigram || (characterCoverage == nil && !byteFallback) else {
      throw ValidationError("--character-coverage and --byte-fallback are for --kind unigram.")
    }
    guard kind != .unigram || minimumFrequency == nil else {
      throw ValidationError("--minimum-frequency is not for --kind unigram.")
    }
    guard kind == .unigram || !output.hasSuffix(".model") else {
      throw ValidationError("--output must not end in .model, but for --kind unigram.")
    }
    guard kind == .wordpiece || !output.hasSuffix(".txt") else {
      throw ValidationError("--output must not end in .txt, but for --kind wordpiece.")
    }
    if let alphabetLimit, kind != .wordpiece || alphabetLimit < 1 {
      throw ValidationError("--alphabet-limit is for --kind wordpiece, and at least 1.")
    }
    guard kind == .bpe || !prefixSpace else {
      throw ValidationError("--prefix-space is for --kind bpe.")
    }
    if let characterCoverage, !(0...1).contains(characterCoverage) {
      throw ValidationError(
        "--character-coverage must be from 0 to 1, got \(characterCoverage).")
    }
  }

  func run() throws {
    try requireWritable(output)
    var trainer = TokenizerTrainer(
      kind, vocabularySize: vocabularySize ?? Vocabulary.maximumCount,
      minimumFrequency: minimumFrequency, specialTokens: special.isEmpty ? nil : special)
    if let lowercase { trainer.lowercases = lowercase }
    trainer.splitsAtWhitespaceOnly = splitAtWhitespace
    trainer.alphabetLimit = alphabetLimit
    trainer.addsPrefixSpace = prefixSpace
    trainer.characterCoverage = characterCoverage ?? trainer.characterCoverage
    trainer.fallsBackToBytes = byteFallback
    trainer.makesSentencePiece = output.hasSuffix(".model")
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
