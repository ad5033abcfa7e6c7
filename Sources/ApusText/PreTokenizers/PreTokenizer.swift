import ApusFiles

/// The second step of a tokenizer: cuts text into the pieces that the model sees one by one.
public protocol PreTokenizer: Sendable {
  /// Appends a changed form of the text to `output`, with ranges of `text` as origins.
  ///
  /// - Returns: False, without having appended anything, if the text stays as it is.
  func rewrite(_ text: UnsafeBufferPointer<UInt8>, into output: AlignedText) -> Bool

  /// Appends the ranges of the pieces, in order; what no piece covers is dropped.
  func split(_ text: UnsafeBufferPointer<UInt8>, into pieces: inout [Range<Int>])

  /// Whether the text before and after an index can be normalized and split apart from each
  /// other, with the same pieces as a whole.
  func canCut(_ text: UnsafeBufferPointer<UInt8>, at index: Int) -> Bool

  /// The form in `tokenizer.json`.
  var json: JSONValue { get }
}

extension PreTokenizer {
  public func rewrite(_ text: UnsafeBufferPointer<UInt8>, into output: AlignedText) -> Bool {
    false
  }

  /// At a space or newline between an ASCII letter, digit or sign and another such.
  public func canCut(_ text: UnsafeBufferPointer<UInt8>, at index: Int) -> Bool {
    guard 0 < index, index + 1 < text.count else { return false }
    let visible: ClosedRange<UInt8> = 0x21...0x7E
    return (text[index] == 0x20 || text[index] == 0x0A)
      && visible.contains(text[index - 1]) && visible.contains(text[index + 1])
  }
}

enum PreTokenizers {
  /// Reads the `pre_tokenizer` of a `tokenizer.json`.
  static func read(_ field: JSONField) throws -> (any PreTokenizer)? {
    if field.isNull { return nil }
    switch try field["type"].string() {
    case "BertPreTokenizer": return BERTPreTokenizer()
    case "ByteLevel": return try ByteLevelPreTokenizer(field)
    case "Split": return try CharacterPreTokenizer(field)
    default:
      throw field["type"].error(
        expected: "one of the pre-tokenizers BertPreTokenizer, ByteLevel, Split")
    }
  }
}
