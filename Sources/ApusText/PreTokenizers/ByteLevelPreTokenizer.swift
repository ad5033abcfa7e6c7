import ApusFiles

/// GPT-2's way of cutting text into words with the space before them, by `WordPattern.gpt2`.
public struct ByteLevelPreTokenizer: PreTokenizer, Equatable {
  /// Whether a text that starts with no space is treated as if it did.
  public var addsPrefixSpace: Bool
  /// Whether the pattern is used; if not, the whole text is one piece.
  public var usesPattern: Bool

  public init(addsPrefixSpace: Bool = false, usesPattern: Bool = true) {
    self.addsPrefixSpace = addsPrefixSpace
    self.usesPattern = usesPattern
  }

  init(_ field: JSONField) throws {
    addsPrefixSpace = try field["add_prefix_space"].bool(default: true)
    usesPattern = try field["use_regex"].bool(default: true)
  }

  public var json: JSONValue {
    .object([
      ("type", .string("ByteLevel")),
      ("add_prefix_space", .bool(addsPrefixSpace)),
      ("trim_offsets", .bool(true)),
      ("use_regex", .bool(usesPattern)),
    ])
  }

  public func rewrite(
    _ text: UnsafeBufferPointer<UInt8>, at place: TextPlace, into output: AlignedText
  ) -> Bool {
    guard addsPrefixSpace, place != .continuation, let first = text.first,
      first != UInt8(ascii: " ")
    else { return false }
    output.append(UInt8(ascii: " "), from: 0..<scalar(at: 0, in: text).end)
    output.append(text, from: 0)
    return true
  }

  public func canCut(_ text: UnsafeBufferPointer<UInt8>, at index: Int) -> Bool {
    guard usesPattern, 0 < index, index + 1 < text.count else { return false }
    let visible: ClosedRange<UInt8> = 0x21...0x7E
    return text[index] == 0x20 && visible.contains(text[index - 1])
      && visible.contains(text[index + 1])
  }

  public func split(_ text: UnsafeBufferPointer<UInt8>, into pieces: inout [Range<Int>]) {
    guard usesPattern else {
      if !text.isEmpty { pieces.append(0..<text.count) }
      return
    }
    var start = 0
    while start < text.count {
      let end = WordPattern.gpt2.matchEnd(from: start, in: text)
      pieces.append(start..<end)
      start = end
    }
  }
}
