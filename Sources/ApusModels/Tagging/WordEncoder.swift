import ApusLayers
import ApusTensors

/// A vector for each word: its own, that of its spelling, and that of what its letters look like.
///
/// The spelling's is the last states of an LSTM over its characters in both directions. Each spelling
/// of a batch is gone through once, however often it comes.
///
/// - Shapes: N words over B sentences → [N, size]
/// - Source: Lample et al. 2016, §4.1.
public struct WordEncoder: Layer {
  public let size: Int
  private let words: Embedding
  private let characters: Embedding?
  private let spelling: RecurrentNetwork?
  private let casings: Embedding?

  public init(_ config: TaggerConfig, in scope: Scope) {
    func table(_ name: String, count: Int, size: Int) -> Embedding? {
      guard size > 0 else { return nil }
      // The variance of values of the same size as those of xavierUniform (Ma & Hovy 2016, §3.1).
      let initializer = Initializer.uniform((3 / Float(size)).squareRoot())
      return Embedding(count: count, size: size, initializer, in: scope / name)
    }
    guard let words = table("words", count: config.wordCount, size: config.wordSize) else {
      preconditionFailure("WordEncoder: expected a word size above 0, got \(config.wordSize)")
    }
    self.words = words
    characters = table("characters", count: config.characterCount, size: config.characterSize)
    casings = table("casings", count: WordCasing.allCases.count, size: config.casingSize)
    spelling = characters.map { _ in
      RecurrentNetwork(
        RecurrentOptions(
          .lstm, inputSize: config.characterSize, size: config.spellingSize, isBidirectional: true),
        in: scope / "spelling")
    }
    size = config.wordSize + config.casingSize + (spelling?.options.outputSize ?? 0)
  }

  public func callAsFunction(_ batch: SpelledWords, _ mode: Mode) -> Sequences {
    var parts = [words(batch.words.values).converted(to: mode.scalarType)]
    if let characters, let spelling {
      let (_, last) = spelling(batch.spellings.map { characters($0) }, mode)
      let vectors = concatenated(last.map(\.hidden), axis: 1)
      parts.append(vectors.gathered(batch.spellingNumbers))
    }
    if let casings { parts.append(casings(batch.casings).converted(to: mode.scalarType)) }
    return batch.words.with(concatenated(parts, axis: 1))
  }
}
