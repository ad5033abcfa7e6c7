import ApusFiles

/// Where a text that is cut into pieces stands, by which pre-tokenizers put spaces in front of it.
public enum TextPlace: Sendable {
  /// At the start of the whole text.
  case start
  /// Behind an added token, or behind a cut of another pre-tokenizer.
  case section
  /// Behind text that it continues, where nothing is put in front.
  case continuation
}

/// The second step of a tokenizer: cuts text into the pieces that the model sees one by one.
///
/// A conforming type gives `split`, and `rewrite` if it changes the text before. One that can't
/// tell the two apart gives `pieces` instead.
public protocol PreTokenizer: Sendable {
  /// Appends a changed form of the text to `output`, with ranges of `text` as origins.
  ///
  /// - Returns: False, without having appended anything, if the text stays as it is.
  func rewrite(
    _ text: UnsafeBufferPointer<UInt8>, at place: TextPlace, into output: AlignedText
  ) -> Bool

  /// Appends the ranges of the pieces, in order; what no piece covers is dropped.
  func split(_ text: UnsafeBufferPointer<UInt8>, into pieces: inout [Range<Int>])

  /// Appends the ranges of the pieces of a text or of its changed form.
  ///
  /// - Returns: Whether `output`, empty before, has the changed form now, which the ranges are of.
  func pieces(
    of text: UnsafeBufferPointer<UInt8>, at place: TextPlace, into pieces: inout [Range<Int>],
    rewriting output: AlignedText
  ) -> Bool

  /// Whether the text before and after an index gives the same pieces apart as together.
  ///
  /// False is always right, and what a type says that does not give this.
  func canCut(_ text: UnsafeBufferPointer<UInt8>, at index: Int) -> Bool

  /// The form in `tokenizer.json`.
  var json: JSONValue { get }
}

extension PreTokenizer {
  public func rewrite(
    _ text: UnsafeBufferPointer<UInt8>, at place: TextPlace, into output: AlignedText
  ) -> Bool {
    false
  }

  public func pieces(
    of text: UnsafeBufferPointer<UInt8>, at place: TextPlace, into pieces: inout [Range<Int>],
    rewriting output: AlignedText
  ) -> Bool {
    guard rewrite(text, at: place, into: output) else {
      split(text, into: &pieces)
      return false
    }
    split(output.bytes, into: &pieces)
    return true
  }

  public func canCut(_ text: UnsafeBufferPointer<UInt8>, at index: Int) -> Bool { false }
}

/// Whether a space or newline stands at an index between an ASCII letter, digit or sign and
/// another such, where pre-tokenizers that drop white space cut.
func partsWords(_ text: UnsafeBufferPointer<UInt8>, at index: Int) -> Bool {
  guard 0 < index, index + 1 < text.count else { return false }
  let visible: ClosedRange<UInt8> = 0x21...0x7E
  return (text[index] == 0x20 || text[index] == 0x0A)
    && visible.contains(text[index - 1]) && visible.contains(text[index + 1])
}

extension PreTokenizer {
  /// Whether pieces are bytes in GPT-2's spelling, as `ByteLevel` makes them.
  var spellsBytes: Bool {
    self is ByteLevelPreTokenizer
      || (self as? SequencePreTokenizer)?.members.last?.spellsBytes ?? false
  }
}

enum PreTokenizers {
  /// Reads the `pre_tokenizer` of a `tokenizer.json`.
  static func read(_ field: JSONField) throws -> (any PreTokenizer)? {
    if field.isNull { return nil }
    switch try field["type"].string() {
    case "BertPreTokenizer": return BERTPreTokenizer()
    case "ByteLevel": return try ByteLevelPreTokenizer(field)
    case "Metaspace": return try MetaspacePreTokenizer(field)
    case "Whitespace": return WordPreTokenizer()
    case "WhitespaceSplit": return WhitespacePreTokenizer()
    case "Punctuation": return try PunctuationPreTokenizer(field)
    case "Digits": return try DigitPreTokenizer(field)
    case "CharDelimiterSplit": return try SplitPreTokenizer(delimiter: field)
    case "Split":
      if let characters = CharacterPreTokenizer(field) { return characters }
      return try SplitPreTokenizer(field)
    case "Sequence": return try SequencePreTokenizer(field)
    default:
      throw field["type"].error(
        expected: """
          one of the pre-tokenizers BertPreTokenizer, ByteLevel, Whitespace, WhitespaceSplit, \
          Punctuation, Digits, Split, CharDelimiterSplit, Metaspace, Sequence
          """)
    }
  }

  /// Reads the `behavior` of a pre-tokenizer.
  static func behavior(_ field: JSONField) throws -> SplitBehavior {
    guard let behavior = SplitBehavior(rawValue: try field.string()) else {
      let names = SplitBehavior.allCases.map(\.rawValue).joined(separator: ", ")
      throw field.error(expected: "one of \(names)")
    }
    return behavior
  }
}
