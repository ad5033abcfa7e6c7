import ApusFiles

/// Makes every Unicode scalar a piece, newlines too.
///
/// In `tokenizer.json` it is a `Split` that isolates each match of a pattern for any character.
public struct CharacterPreTokenizer: PreTokenizer, Equatable {
  /// `.` would leave out newlines.
  private static let pattern = #"[\s\S]"#

  public init() {}

  init(_ field: JSONField) throws {
    guard try field["pattern"]["Regex"].string() == Self.pattern else {
      throw field["pattern"]["Regex"].error(expected: "the pattern \(Self.pattern)")
    }
    guard try field["behavior"].string() == "Isolated" else {
      throw field["behavior"].error(expected: "Isolated")
    }
    guard try !field["invert"].bool(default: false) else {
      throw field["invert"].error(expected: "false")
    }
  }

  public var json: JSONValue {
    .object([
      ("type", .string("Split")),
      ("pattern", .object([("Regex", .string(Self.pattern))])),
      ("behavior", .string("Isolated")),
      ("invert", .bool(false)),
    ])
  }

  public func split(_ text: UnsafeBufferPointer<UInt8>, into pieces: inout [Range<Int>]) {
    var index = 0
    while index < text.count {
      let end = scalar(at: index, in: text).end
      pieces.append(index..<end)
      index = end
    }
  }

  public func canCut(_ text: UnsafeBufferPointer<UInt8>, at index: Int) -> Bool {
    text[index] & 0xC0 != 0x80
  }
}
