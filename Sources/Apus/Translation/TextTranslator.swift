import ApusDecoding
import ApusFiles
import ApusLayers
import ApusModels
import ApusTensors
import ApusText
import ApusTraining

/// Turns lines into lines with a trained translator: sentences into another language, words into
/// phones, commands into actions.
public struct TextTranslator: Sendable {
  /// A line that a source was turned into.
  public struct Translation: Sendable, Hashable {
    public let text: String
    /// The log-probability, normalised by length, with the coverage penalty; nil for what was drawn.
    public let score: Float?

    public init(text: String, score: Float?) {
      self.text = text
      self.score = score
    }
  }

  public let model: Translator
  private let tokenizers: TranslationTokenizers
  private let mode: Mode

  /// Reads a model directory.
  ///
  /// - Throws: `FileError` or `InputError` for one that can't be read or does not fit together.
  public init(_ directory: String, precision: Mode.Precision = .fp32) throws {
    model = try Translator.load(directory).model
    tokenizers = try TranslationTokenizers(of: directory)
    let config = model.config
    guard tokenizers.source.vocabularySize <= config.sourceVocabularySize,
      tokenizers.target.vocabularySize <= config.targetVocabularySize,
      tokenizers.start == config.start, tokenizers.end == config.end,
      !config.copies || tokenizers.target.vocabularySize == config.targetVocabularySize
    else {
      throw InputError(
        file: directory, expected: "the tokenizers that the model was trained with",
        found: "others")
    }
    mode = .evaluation(precision)
  }

  /// The best translations of each line, the best first.
  ///
  /// A line without tokens has one, which is empty.
  ///
  /// - Parameters:
  ///   - lines: What is translated.
  ///   - search: How translations are searched for.
  /// - Returns: For each line `resultCount` translations, or fewer if there are no more.
  /// - Throws: `InputError` for options that contradict each other.
  public func translate(
    _ lines: [String], _ search: TranslationSearch = TranslationSearch()
  ) throws -> [[Translation]] {
    let (sources, numbers) = encoded(lines)
    var results = lines.map { _ in [Translation(text: "", score: 0)] }
    let found = try model.translations(
      of: sources.map(\.ids), search, copies: sources.map(\.copies), mode)
    for ((number, source), beams) in zip(zip(numbers, sources), found) {
      results[number] = beams.map { beam in
        Translation(
          text: tokenizers.decodeTarget(beam.tokens, copying: source.words), score: beam.score)
      }
    }
    return results
  }

  /// A translation of each line, drawn by chance.
  ///
  /// That of a line without tokens is empty.
  ///
  /// - Parameters:
  ///   - lines: What is translated.
  ///   - sampling: How tokens are drawn.
  ///   - tokenCount: The most tokens of a translation; nil for twice as many as the source has, and
  ///     fifty.
  ///   - seed: The same seed gives the same translations.
  ///   - first: The number of the first line, where more came before.
  ///   - allowed: The only tokens that may be drawn, beside the end; nil for all.
  /// - Returns: A translation a line.
  /// - Throws: `InputError` for a model whose logits are no numbers.
  public func sample(
    _ lines: [String], _ sampling: Sampling, tokenCount: Int? = nil, seed: UInt64,
    numberedFrom first: Int = 0, allowed: Set<Int32>? = nil
  ) throws -> [String] {
    let (sources, numbers) = encoded(lines)
    var results = lines.map { _ in "" }
    let found = try model.samples(
      of: sources.map(\.ids), sampling, tokenCount: tokenCount,
      key: RandomKey(seed: seed, name: "translation"), numbers: numbers.map { first + $0 },
      allowed: allowed, copies: sources.map(\.copies), mode)
    for ((number, source), ids) in zip(zip(numbers, sources), found) {
      results[number] = tokenizers.decodeTarget(ids, copying: source.words)
    }
    return results
  }

  /// The lines that have tokens beside their end, and their numbers.
  private func encoded(_ lines: [String]) -> (sources: [CopiedSource], numbers: [Int]) {
    let sources = lines.map {
      model.config.copies
        ? tokenizers.encodeForCopying($0)
        : CopiedSource(ids: tokenizers.encodeSource($0), copies: [], words: [])
    }
    let numbers = sources.indices.filter { sources[$0].ids.count > 1 }
    return (numbers.map { sources[$0] }, numbers)
  }

  /// The tokens that spell some words, for `TranslationSearch.allowed` and `sample`.
  ///
  /// A tokenizer of words gives each its own; others also the pieces by which a word is written.
  ///
  /// - Parameter words: What a translation may have; empty ones stand for nothing.
  /// - Returns: Ids of the target's vocabulary.
  /// - Throws: `InputError` naming the first word that the target's vocabulary does not have.
  public func tokens(of words: [String]) throws(InputError) -> Set<Int32> {
    var allowed: Set<Int32> = []
    for (index, word) in words.enumerated() where !word.isEmpty {
      // At the beginning of a text, and within it.
      for text in [word, " " + word] { allowed.formUnion(tokenizers.encodeTarget(text)) }
      guard !tokenizers.encodeTarget(word).contains(tokenizers.unknown) else {
        throw InputError(
          row: index + 1, expected: "a word of the target's vocabulary", found: "\"\(word)\"")
      }
    }
    return allowed
  }

  /// Where the model looks in a source while it writes a target.
  ///
  /// - Returns: Nil for models without attention.
  public func attention(from target: String, to source: String) -> AttentionMap? {
    let sourceIDs = tokenizers.encodeSource(source)
    let targetIDs = tokenizers.encodeTarget(target)
    let weights = model.attentionWeights(
      Sequences(ids: [sourceIDs]), inputs: Sequences(ids: [[tokenizers.start] + targetIDs]), mode)
    guard let matrix = weights?.first else { return nil }
    return AttentionMap(
      sources: sourceIDs.map { tokenizers.source.token(of: $0) ?? "" },
      targets: (targetIDs + [tokenizers.end]).map { tokenizers.target.token(of: $0) ?? "" },
      weights: matrix)
  }

  /// How well the model translates a text.
  ///
  /// - Parameters:
  ///   - text: Sources, and what they should become.
  ///   - search: How translations are searched for.
  ///   - separator: What parts the right answers of a target line; nil where it is one.
  /// - Returns: The measures of the best translations.
  /// - Throws: What `translate` throws.
  public func score(
    _ text: ParallelText, _ search: TranslationSearch, alternativesBetween separator: Character?
  ) throws -> TranslationScore {
    var score = TranslationScore()
    for (found, target) in zip(try translate(text.sources, search), text.targets) {
      let references =
        separator.map { target.split(separator: $0, omittingEmptySubsequences: false) }
        ?? [Substring(target)]
      score.add(found.first?.text ?? "", references: references.map(String.init))
    }
    return score
  }
}
