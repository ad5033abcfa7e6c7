import ApusFiles

/// Drops control characters and makes spaces of line ends, tabs and marks without width.
///
/// - Source: the rules of neural machine translation that SentencePiece adds to NFKC, in the form
///   of Hugging Face's `Nmt`.
public struct NMTNormalizer: Normalizer, Equatable {
  public init() {}

  public var json: JSONValue { .object([("type", .string("Nmt"))]) }

  public func normalize(_ text: UnsafeBufferPointer<UInt8>, into output: AlignedText) {
    var start = 0
    var index = 0
    while index < text.count {
      let (value, end) = scalar(at: index, in: text)
      if let replacement = Self.replacement(of: value) {
        output.append(UnsafeBufferPointer(rebasing: text[start..<index]), from: start)
        for byte in replacement.utf8 { output.append(byte, from: index..<end) }
        start = end
      }
      index = end
    }
    output.append(UnsafeBufferPointer(rebasing: text[start...]), from: start)
  }

  /// What a scalar becomes; nil if it stays.
  private static func replacement(of value: UInt32) -> String? {
    switch value {
    case 0x20...0x7E: nil
    case 0x01...0x08, 0x0B, 0x0E...0x1F, 0x7F, 0x8F, 0x9F: ""
    case 0x09, 0x0A, 0x0C, 0x0D, 0x1680, 0x200B...0x200F, 0x2028, 0x2029, 0x2581, 0xFEFF, 0xFFFD:
      " "
    default: nil
    }
  }
}
