import ApusFiles

/// Takes white space off the ends of a text.
public struct StripNormalizer: Normalizer, Equatable {
  public var stripsLeft, stripsRight: Bool

  public init(left: Bool = true, right: Bool = true) {
    stripsLeft = left
    stripsRight = right
  }

  init(_ field: JSONField) throws {
    stripsLeft = try field["strip_left"].bool(default: true)
    stripsRight = try field["strip_right"].bool(default: true)
  }

  public var json: JSONValue {
    .object([
      ("type", .string("Strip")), ("strip_left", .bool(stripsLeft)),
      ("strip_right", .bool(stripsRight)),
    ])
  }

  /// The ends of a cut are not those of the text.
  public var allowsCuts: Bool { false }

  public func normalize(_ text: UnsafeBufferPointer<UInt8>, into output: AlignedText) {
    let start = stripsLeft ? whitespaceEnd(from: 0, in: text) : 0
    let end =
      stripsRight ? whitespaceStart(before: text.count, downTo: start, in: text) : text.count
    output.append(UnsafeBufferPointer(rebasing: text[start..<end]), from: start)
  }
}
