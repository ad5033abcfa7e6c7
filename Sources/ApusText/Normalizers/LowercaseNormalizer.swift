import ApusFiles

/// Lower-cases scalar by scalar, whatever stands around: a final Σ becomes σ as any other.
///
/// Ill-formed bytes stay.
public struct LowercaseNormalizer: Normalizer, Equatable {
  public init() {}

  public var json: JSONValue { .object([("type", .string("Lowercase"))]) }

  public func normalize(_ text: UnsafeBufferPointer<UInt8>, into output: AlignedText) {
    var index = 0
    while index < text.count {
      let byte = text[index]
      if byte < 0x80 {
        output.append(0x41...0x5A ~= byte ? byte | 0x20 : byte, from: index..<index + 1)
        index += 1
        continue
      }
      let (value, end) = multibyteScalar(at: index, in: text)
      if value == 0xFFFD {
        output.append(text[index..<end], from: index..<end)
      } else {
        output.append(lowercased: value, from: index..<end)
      }
      index = end
    }
  }
}
