import ApusFiles

/// Puts a space where a token ends a word, by the suffix that marks it.
public struct BPEDecoder: TokenDecoder, Equatable {
  public var suffix: String

  public init(suffix: String = "</w>") { self.suffix = suffix }

  init(_ field: JSONField) throws { suffix = try field["suffix"].optionalString() ?? "</w>" }

  public var json: JSONValue {
    .object([("type", .string("BPEDecoder")), ("suffix", .string(suffix))])
  }

  public func byteParts(of tokens: [[UInt8]]) -> [[UInt8]] {
    let suffix = Array(suffix.utf8)
    return tokens.enumerated().map { index, token in
      let space = index == tokens.count - 1 ? [] : [UInt8(ascii: " ")]
      return token.replacingOccurrences(of: suffix, with: space)
    }
  }
}
