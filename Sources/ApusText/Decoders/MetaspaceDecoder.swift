import ApusFiles

/// Turns the visible form of spaces back into spaces; one that was put before the text goes.
public struct MetaspaceDecoder: TokenDecoder, Equatable {
  /// What stands for a space.
  public var replacement: Unicode.Scalar
  public var prepending: MetaspacePreTokenizer.Prepending

  public init(
    replacement: Unicode.Scalar = MetaspacePreTokenizer.defaultReplacement,
    prepending: MetaspacePreTokenizer.Prepending = .always
  ) {
    self.replacement = replacement
    self.prepending = prepending
  }

  init(_ field: JSONField) throws {
    replacement = try MetaspacePreTokenizer.replacement(field)
    prepending = try MetaspacePreTokenizer.prepending(field)
  }

  public var json: JSONValue {
    .object([
      ("type", .string("Metaspace")), ("replacement", .string(String(replacement))),
      ("prepend_scheme", .string(prepending.rawValue)), ("split", .bool(true)),
    ])
  }

  /// In the first token the replacement vanishes, in all others it is a space.
  public func byteParts(of tokens: [[UInt8]]) -> [[UInt8]] {
    let replacement = Array(String(replacement).utf8)
    return tokens.enumerated().map { index, token in
      let space = index > 0 || prepending == .never ? [UInt8(ascii: " ")] : []
      return token.replacingOccurrences(of: replacement, with: space)
    }
  }
}
