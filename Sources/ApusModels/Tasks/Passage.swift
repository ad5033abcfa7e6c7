import ApusFiles
import ApusText

/// A text, or two that are read together, as an encoder takes them.
public struct Passage: Sendable, Hashable {
  /// Tokens with special ones; at least one.
  public var ids: [Int32]
  /// The segment of each token.
  public var segments: [Int32]
  /// Where the second of two texts begins.
  public var secondStart: Int?
  /// The words of a text for encoders of words and tasks about words; nil for others.
  public var sentence: SpelledSentence?

  public init(ids: [Int32], segments: [Int32]) {
    self.ids = ids
    self.segments = segments
  }

  public init(_ sentence: SpelledSentence) {
    (ids, segments) = ([], [])
    self.sentence = sentence
  }

  /// The tokens or words.
  public var count: Int { sentence.map { max(1, $0.count) } ?? ids.count }
}

/// Cuts texts into the tokens that an encoder of tokens reads.
///
/// Two texts are read together, one behind the other, where the tokenizer puts something between
/// them; each for itself where it does not.
public struct PassageReader: Sendable {
  public let tokenizer: Tokenizer
  /// The most tokens of a passage, with the special ones.
  public let maximumLength: Int
  public let joinsPairs: Bool

  /// - Throws: `InputError` for a length that the special tokens fill.
  public init(_ tokenizer: Tokenizer, maximumLength: Int) throws {
    self.tokenizer = tokenizer
    self.maximumLength = maximumLength
    let counts = [false, true].map { tokenizer.specialTokenCount(isPair: $0) }
    joinsPairs = counts[1] > counts[0]
    guard maximumLength > counts[1] else {
      throw InputError(
        expected: "a maximum length of more than the \(counts[1]) special tokens",
        found: "\(maximumLength)")
    }
  }

  /// The passage of a text, or of two together: one passage, or two where they are read apart.
  public func passages(_ text: String, _ pair: String? = nil) -> [Passage] {
    guard let pair, !joinsPairs else { return [passage(text, pair)] }
    return [passage(text, nil), passage(pair, nil)]
  }

  private func passage(_ text: String, _ pair: String?) -> Passage {
    var passage = passage(of: encoding(of: text, pair))
    if pair == nil { passage.secondStart = nil }
    return passage
  }

  /// A passage of tokens that were cut already.
  public func passage(of encoding: Encoding) -> Passage {
    guard encoding.ids.isEmpty else {
      var passage = Passage(ids: encoding.ids, segments: encoding.typeIDs)
      passage.secondStart = Self.secondStart(of: encoding)
      return passage
    }
    // A text without tokens, of a tokenizer without special ones, still has a state.
    return Passage(ids: [tokenizer.unknownID ?? 0], segments: [0])
  }

  private func encoding(of text: String, _ pair: String?) -> Encoding {
    do {
      return try tokenizer.encoding(
        of: text, pair, limit: Truncation(maximumLength: maximumLength))
    } catch {
      preconditionFailure("PassageReader: the maximum length was checked, got \(error)")
    }
  }

  /// The tokens of a text or pair, with all that a limit cuts off.
  public func windows(of text: String, _ pair: String?, limit: Truncation) -> [Encoding] {
    do {
      return try tokenizer.windows(of: text, pair, limit: limit)
    } catch {
      preconditionFailure("PassageReader: the maximum length was checked, got \(error)")
    }
  }

  /// The tokens of a text alone, without special ones.
  func tokens(of text: String) -> Encoding {
    do {
      return try tokenizer.windows(
        of: text, limit: Truncation(maximumLength: .max), addsSpecialTokens: false)[0]
    } catch {
      preconditionFailure("PassageReader: nothing was to be cut, got \(error)")
    }
  }

  /// Where the second text begins: at the first token of the second segment, or behind the special
  /// tokens that end the first text where the tokenizer has one segment alone.
  private static func secondStart(of encoding: Encoding) -> Int? {
    if let start = encoding.typeIDs.firstIndex(of: 1) { return start }
    let mask = encoding.specialTokensMask
    guard let end = mask.indices.dropFirst().first(where: { mask[$0] }) else { return nil }
    return mask[end...].firstIndex(of: false) ?? mask.count - 1
  }
}
