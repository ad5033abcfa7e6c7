import ApusLayers
import ApusTensors
import ApusText

/// The states that an encoder of tokens has at the first token of each word.
///
/// Words are cut into tokens one by one, each with a space before it, and read with the special
/// tokens of the model around them. A sentence that is longer than the model's context is read in
/// parts of whole words.
///
/// - Shapes: N words over B sentences → [N, hiddenSize]
/// - Source: Devlin et al. 2019, §5.3.
public struct TokenWordEncoder: WordEncoder {
  private let encoder: any TokenEncoder
  private let tokenizer: Tokenizer
  private let frame: SpecialTokenFrame
  private let isFrozen: Bool

  /// - Parameters:
  ///   - encoder: A Transformer, or what else reads tokens.
  ///   - tokenizer: Its tokenizer.
  ///   - isFrozen: Whether it runs as in evaluation, in training too.
  public init(_ encoder: any TokenEncoder, _ tokenizer: Tokenizer, isFrozen: Bool) {
    self.encoder = encoder
    self.tokenizer = tokenizer
    self.isFrozen = isFrozen
    frame = tokenizer.specialTokens
  }

  public var outputSize: Int { encoder.outputSize }

  /// Where an encoder has no bound, one keeps what a sentence takes of memory within bounds.
  private static let longestWindow = 4096

  /// The tokens of words that have room between the special ones.
  private var capacity: Int {
    (encoder.contextLength ?? Self.longestWindow) - frame.before.count - frame.after.count
  }

  public func read(_ words: [String], into sentence: inout SpelledSentence) {
    sentence.pieces = []
    for (index, word) in words.enumerated() {
      let encoding = tokenizer.encode(" " + word, addsSpecialTokens: false)
      // A token of the space alone says nothing of the word, and counts as the end of the one before.
      let spaceCount = encoding.offsets.prefix { $0.upperBound <= 1 }.count
      if index > 0, sentence.pieces[index - 1].count + spaceCount <= capacity {
        sentence.pieces[index - 1] += encoding.ids[..<spaceCount]
      }
      let ids = encoding.ids[spaceCount...].prefix(capacity)
      sentence.pieces.append(ids.isEmpty ? [tokenizer.unknownID ?? 0] : Array(ids))
    }
  }

  public func embedded(_ sentences: [SpelledSentence], _ mode: Mode) -> [Sequences] {
    [encoder.embedded(ids(of: sentences), segments: nil, mode.ofEncoder(isFrozen: isFrozen))]
  }

  public func blanks(_ sentences: [SpelledSentence], _ mode: Mode) -> [BlankPart] {
    let tokens = BlankTokens(tokenizer, isPair: false)
    let rows = encoder.blank(
      ids(of: sentences), segments: nil, tokens, mode.ofEncoder(isFrozen: isFrozen)
    ).values
    var wordCount = 0
    let owners = sentences.flatMap { sentence in
      defer { wordCount += sentence.count }
      return windows(of: sentence).flatMap { window -> [Int?] in
        let words = window.flatMap { word in sentence.pieces[word].map { _ in wordCount + word } }
        return frame.before.map { _ in nil } + words + frame.after.map { _ in nil }
      }
    }
    return [BlankPart(rows: rows, owners: owners)]
  }

  public func states(
    embedded parts: [Sequences], of sentences: [SpelledSentence], _ mode: Mode
  ) -> Sequences {
    var firsts: [Int32] = []
    var tokenCount = 0
    for sentence in sentences {
      for window in windows(of: sentence) {
        tokenCount += frame.before.count
        for pieces in sentence.pieces[window] {
          firsts.append(Int32(tokenCount))
          tokenCount += pieces.count
        }
        tokenCount += frame.after.count
      }
    }
    let states = encoder.states(embedded: parts[0], mode.ofEncoder(isFrozen: isFrozen))
    return Sequences(states.values.gathered(firsts), lengths: sentences.map(\.count))
  }

  private func ids(of sentences: [SpelledSentence]) -> Sequences {
    Sequences(
      ids: sentences.flatMap { sentence in
        windows(of: sentence).map { window in
          frame.before + sentence.pieces[window].joined() + frame.after
        }
      })
  }

  /// The words of a sentence that are read together: as many as there is room for.
  private func windows(of sentence: SpelledSentence) -> [Range<Int>] {
    let pieces = sentence.pieces
    var windows: [Range<Int>] = []
    var start = 0
    while start < pieces.count {
      var (end, tokenCount) = (start + 1, pieces[start].count)
      while end < pieces.count, tokenCount + pieces[end].count <= capacity {
        tokenCount += pieces[end].count
        end += 1
      }
      windows.append(start..<end)
      start = end
    }
    return windows
  }
}

/// The states of an `ELMo`: all its layers, in a mix that the task learns.
///
/// - Shapes: N words over B sentences → [N, 2 · projectedSize]
/// - Source: Peters et al. 2018, §3.2.
public struct ELMoWordEncoder: WordEncoder {
  private let network: ELMo
  private let mix: ScalarMix
  private let isFrozen: Bool

  /// - Parameters:
  ///   - network: The ELMo.
  ///   - isFrozen: Whether it runs as in evaluation, in training too; the mix learns all the same.
  ///   - scope: Where the weights of the mix are created.
  public init(_ network: ELMo, isFrozen: Bool, in scope: Scope) {
    self.network = network
    self.isFrozen = isFrozen
    mix = ScalarMix(layerCount: network.config.layerCount + 1, in: scope)
  }

  public var outputSize: Int { 2 * network.config.projectedSize }

  public func read(_ words: [String], into sentence: inout SpelledSentence) {
    let spelling = network.config.spelling
    sentence.pieces = words.map { spelling.ids(of: $0.utf8) }
  }

  public func embedded(_ sentences: [SpelledSentence], _ mode: Mode) -> [Sequences] {
    let words = ELMo.Words(sentences.map(\.pieces), network.config.spelling)
    return [network.embedded(words, mode.ofEncoder(isFrozen: isFrozen))]
  }

  public func states(
    embedded parts: [Sequences], of sentences: [SpelledSentence], _ mode: Mode
  ) -> Sequences {
    let (layers, _) = network(embedded: parts[0], mode.ofEncoder(isFrozen: isFrozen))
    return ELMo.Words.withoutMarks(mix(layers)).map { $0.converted(to: mode.scalarType) }
  }

  public func blanks(_ sentences: [SpelledSentence], _ mode: Mode) -> [BlankPart] {
    var wordCount = 0
    let owners = sentences.flatMap { sentence -> [Int?] in
      defer { wordCount += sentence.count }
      return [nil] + (wordCount..<wordCount + sentence.count).map { $0 } + [nil]
    }
    let rows = embedded(sentences, mode)[0].values.clearingRows { owners[$0] != nil }
    return [BlankPart(rows: rows, owners: owners)]
  }
}
