import ApusFiles

/// Takes the spaces that GPT-2's tokens begin or end with out of their offsets.
public struct ByteLevelPostProcessor: PostProcessor, Equatable {
  public var trimsOffsets: Bool
  /// Whether a single space at the start of a text is taken for one that the pre-tokenizer put
  /// there, and stays.
  public var keepsPrefixSpace: Bool

  public init(trimsOffsets: Bool = true, keepsPrefixSpace: Bool = true) {
    self.trimsOffsets = trimsOffsets
    self.keepsPrefixSpace = keepsPrefixSpace
  }

  init(_ field: JSONField) throws {
    trimsOffsets = try field["trim_offsets"].bool(default: true)
    keepsPrefixSpace = try field["add_prefix_space"].bool(default: true)
  }

  public var json: JSONValue {
    .object([
      ("type", .string("ByteLevel")), ("add_prefix_space", .bool(keepsPrefixSpace)),
      ("trim_offsets", .bool(trimsOffsets)), ("use_regex", .bool(true)),
    ])
  }

  public func adjusted(_ encoding: Encoding, of text: String) -> Encoding {
    guard trimsOffsets else { return encoding }
    var encoding = encoding
    var text = text
    text.withUTF8 { bytes in
      for (index, range) in encoding.offsets.enumerated() {
        let covered = bytes[range]
        var leading = covered.prefix { $0 == UInt8(ascii: " ") }.count
        let trailing = covered.reversed().prefix { $0 == UInt8(ascii: " ") }.count
        if keepsPrefixSpace, leading == 1, index == 0 || range.lowerBound == 0 { leading = 0 }
        let low = range.lowerBound + leading
        encoding.offsets[index] = low..<max(low, range.upperBound - trailing)
      }
    }
    return encoding
  }
}
