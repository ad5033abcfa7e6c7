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

  public func parts(of tokens: [String]) -> [String] {
    let output = AlignedText()
    return tokens.map { token in
      var token = token
      output.clear(tracking: false)
      token.withUTF8 { replacement.normalize($0, into: output) }
      return String(decoding: output.bytes, as: UTF8.self)
    }
  }
}
