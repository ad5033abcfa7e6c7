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
      tokenizers.start == config.start, tokenizers.end == config.end
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
    let found = try model.translations(of: numbers.map { sources[$0] }, search, mode)
    for (number, beams) in zip(numbers, found) {
      results[number] = beams.map {
        Translation(text: tokenizers.decodeTarget($0.tokens), score: $0.score)
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
  /// - Returns: A translation a line.
  /// - Throws: `InputError` for a model whose logits are no numbers.
  public func sample(
    _ lines: [String], _ sampling: Sampling, tokenCount: Int? = nil, seed: UInt64,
    numberedFrom first: Int = 0
  ) throws -> [String] {
    let (sources, numbers) = encoded(lines)
    var results = lines.map { _ in "" }
    let found = try model.samples(
      of: numbers.map { sources[$0] }, sampling, tokenCount: tokenCount,
      key: RandomKey(seed: seed, name: "translation"), numbers: numbers.map { first + $0 }, mode)
    for (number, ids) in zip(numbers, found) { results[number] = tokenizers.decodeTarget(ids) }
    return results
  }

  /// The sources of lines, and the numbers of those that have tokens beside their end.
  private func encoded(_ lines: [String]) -> (sources: [[Int32]], numbers: [Int]) {
    let sources = lines.map(tokenizers.encodeSource)
    return (sources, sources.indices.filter { sources[$0].count > 1 })
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
