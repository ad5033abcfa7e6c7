import ApusFiles

/// Makes every Unicode scalar a piece, newlines too.
///
/// In `tokenizer.json` it is a `Split` that isolates each match of a pattern for any character.
public struct CharacterPreTokenizer: PreTokenizer, Equatable {
  /// `.` would leave out newlines.
  private static let pattern = #"[\s\S]"#

  public init() {}

  /// Nil for a `Split` of another kind.
  init?(_ field: JSONField) {
    guard case .string(Self.pattern) = field["pattern"]["Regex"].value,
      case .string(SplitBehavior.isolated.rawValue) = field["behavior"].value,
      (try? field["invert"].bool(default: false)) == false
    else { return nil }
  }

  public var json: JSONValue {
    .object([
      ("type", .string("Split")),
      ("pattern", .object([("Regex", .string(Self.pattern))])),
      ("behavior", .string(SplitBehavior.isolated.rawValue)),
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
