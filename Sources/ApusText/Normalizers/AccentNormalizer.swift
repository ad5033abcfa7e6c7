import ApusFiles

/// Drops all combining marks: what is left of accents after NFD or NFKD.
///
/// A mark is what has one of the general categories Mn, Mc and Me. Ill-formed bytes stay.
public struct AccentNormalizer: Normalizer, Equatable {
  public init() {}

  public var json: JSONValue { .object([("type", .string("StripAccents"))]) }

  public func normalize(_ text: UnsafeBufferPointer<UInt8>, into output: AlignedText) {
    var index = 0
    while index < text.count {
      let ascii = asciiEnd(from: index, in: text)
      output.append(UnsafeBufferPointer(rebasing: text[index..<ascii]), from: index)
      index = ascii
      while index < text.count, text[index] >= 0x80 {
        let (value, end) = multibyteScalar(at: index, in: text)
        if !isMark(value) {
          output.append(UnsafeBufferPointer(rebasing: text[index..<end]), from: index)
        }
        index = end
      }
    }
  }

  private func isMark(_ value: UInt32) -> Bool {
    // No marks are below U+0300, nor from the CJK radicals to the ideographs but the tone marks.
    guard value >= 0x300, !(0x3100..<0xA000 ~= value), !(0xAC00..<0xD7A4 ~= value) else {
      return false
    }
    switch Unicode.Scalar(value)?.properties.generalCategory {
    case .nonspacingMark, .spacingMark, .enclosingMark: return true
    default: return false
    }
  }
}
