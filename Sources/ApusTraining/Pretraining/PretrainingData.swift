import ApusFiles
import ApusTensors
import ApusText
import Glibc

/// The tokens that a run learns from and those that it is measured on.
public struct PretrainingData: Sendable {
  public let tokenizer: Tokenizer
  public let training: TokenSource
  /// Nil if the recipe keeps nothing for validation.
  public let validation: TokenSource?

  /// The corpus and the tokenizer of a run, made where they are missing.
  ///
  /// Shards are used as they are. Raw text is encoded once and kept in the run directory, with the
  /// tokenizer that is trained on it if none is given.
  ///
  /// - Parameters:
  ///   - path: A directory of token shards, or text: a file, a directory, or `-`.
  ///   - tokenizerPath: A `tokenizer.json`; nil takes the run's, the shards', or trains one.
  ///   - validationPath: Text or shards to validate on, in place of a part of the corpus.
  ///   - recipe: What kind of tokenizer is trained and how text is cut into documents.
  ///   - directory: The run.
  ///   - report: Told what is being done, which can take long.
  /// - Throws: `InputError` for text or shards that can't be used, or that do not fit together.
  public init(
    _ path: String, tokenizer tokenizerPath: String?, validation validationPath: String?,
    recipe: Recipe, directory: RunDirectory, report: (String) -> Void
  ) throws {
    let tokenizer = try Self.tokenizer(
      given: tokenizerPath, for: path, recipe: recipe, directory: directory, report)
    self.tokenizer = tokenizer
    func shards(
      _ path: String, _ kept: String
    ) throws -> (training: TokenSource, validation: TokenSource?) {
      let shards = try Self.shards(
        of: path, keptIn: kept, with: tokenizer, recipe: recipe, report)
      return (
        TokenSource(shards.training, name: path), shards.validation.map { .init($0, name: path) }
      )
    }
    let data = try shards(path, directory.data)
    if let given = try validationPath.map({ try shards($0, directory.validation).training }) {
      (training, validation) = (data.training, given)
    } else if data.validation != nil || recipe.data.validationFraction == 0 {
      (training, validation) = data
    } else {
      let parts = data.training.split(validationFraction: recipe.data.validationFraction)
      training = parts.training
      validation = parts.validation.tokenCount > 1 ? parts.validation : nil
    }
  }

  /// The tokenizer of the run: a given one, that of the shards, or one trained on the text.
  private static func tokenizer(
    given: String?, for path: String, recipe: Recipe, directory: RunDirectory,
    _ report: (String) -> Void
  ) throws -> Tokenizer {
    try directory.tokenizer(given: given) {
      if let found = PreparedCorpus.tokenizerPath(of: path) {
        return try Tokenizer(contentsOf: found)
      }
      guard try PreparedCorpus.shards(of: path) == nil else {
        throw InputError(
          file: path, expected: "the tokenizer of the shards beside them, or --tokenizer",
          found: "neither")
      }
      report("training a \(recipe.tokenizer.kind.rawValue) tokenizer on \(path)")
      return try recipe.tokenizer.trainer.train(on: try recipe.data.corpus(path)).tokenizer
    }
  }

  /// The shards of a path; text is encoded once and kept in the run.
  private static func shards(
    of path: String, keptIn kept: String, with tokenizer: Tokenizer, recipe: Recipe,
    _ report: (String) -> Void
  ) throws -> (training: TokenShards, validation: TokenShards?) {
    let found = try PreparedCorpus.shards(of: path) ?? PreparedCorpus.shards(of: kept)
    if let found {
      guard found.training.fingerprint == tokenizer.fingerprint else {
        throw InputError(
          file: path, expected: "token shards made with the tokenizer of the run",
          found: "those of another tokenizer")
      }
      return found
    }
    report("encoding \(path)")
    let read = try PreparedCorpus(
      try recipe.data.corpus(path), with: tokenizer, to: kept, try recipe.prepareOptions(tokenizer)
    ).report.corpus
    if read.replacements > 0 {
      report("\(read.replacements) parts of \(path) are not UTF-8 and became U+FFFD")
    }
    if !read.binaryFiles.isEmpty {
      report("passed over as no text: \(shortList(read.binaryFiles))")
    }
    return (try TokenShards(kept), nil)
  }
}

extension TokenizerRecipe {
  /// The trainer of the tokenizer that the recipe describes.
  var trainer: TokenizerTrainer {
    let everyScalar = 0x110000
    let kinds: [Kind: TokenizerTrainer.Kind] = [
      .character: .character, .word: .word, .bpe: .bpe, .wordpiece: .wordpiece,
      .unigram: .unigram,
    ]
    var trainer = TokenizerTrainer(
      kinds[kind] ?? .bpe, vocabularySize: kind == .character ? everyScalar : vocabularySize,
      minimumFrequency: minimumFrequency)
    // Texts end with a token of their own, and text that is tokenized already has this unknown word.
    if kind == .word {
      trainer.specialTokens = ["<unk>", Tokenizer.endOfText]
      trainer.lowercases = lowercases
    }
    trainer.splitsAtWhitespaceOnly = splitsAtWhitespace
    if kind == .word { trainer.lowercases = lowercases }
    trainer.threadCount = Processor.threadCount
    return trainer
  }

  /// Trains a tokenizer on texts, which stand in a file of the run for as long.
  func train(on texts: [String], in directory: RunDirectory) throws -> Tokenizer {
    let path = "\(directory.training)/texts.txt"
    defer { unlink(path) }
    let lines = texts.map { $0.split(whereSeparator: \.isNewline).joined(separator: " ") }
    try writeAtomically(lines.joined(separator: "\n") + "\n", to: path)
    return try trainer.train(on: try Corpus([path], documents: .lines)).tokenizer
  }
}

extension DataRecipe {
  /// The corpus at a path, cut into documents as the recipe says.
  public func corpus(_ path: String) throws -> Corpus {
    let rules: [Documents: Corpus.Documents] = [
      .automatic: .automatic, .files: .files, .lines: .lines, .blankLines: .blankLines,
    ]
    return try Corpus([path], documents: rules[documents] ?? .automatic)
  }
}

extension Recipe {
  func prepareOptions(_ tokenizer: Tokenizer) throws -> PrepareOptions {
    var options = PrepareOptions()
    options.threadCount = Processor.threadCount
    options.keepsSentences = objective.kind == .masked && objective.next != .none
    if data.endOfText {
      guard let id = tokenizer.id(of: Tokenizer.endOfText) else {
        throw InputError(
          expected: "a tokenizer with \(Tokenizer.endOfText), as data.endOfText asks",
          found: "one without")
      }
      options.endOfText = id
    }
    return options
  }
}
