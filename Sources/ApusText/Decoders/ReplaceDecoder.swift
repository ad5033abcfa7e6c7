import ApusFiles

/// Replaces each occurrence of a pattern in each token.
public struct ReplaceDecoder: TokenDecoder, Equatable {
  private let replacement: ReplaceNormalizer

  public init(_ pattern: TextPattern, with content: String) {
    replacement = ReplaceNormalizer(pattern, with: content)
  }

  init(_ field: JSONField) throws { replacement = try ReplaceNormalizer(field) }

  public var json: JSONValue { replacement.json }

  public var growth: Int { replacement.growth }

  public func byteParts(of tokens: [[UInt8]]) -> [[UInt8]] {
    let output = AlignedText()
    return tokens.map { token in
      output.clear(tracking: false)
      token.withUnsafeBufferPointer { replacement.normalize($0, into: output) }
      return Array(output.bytes)
    }
  }
}
