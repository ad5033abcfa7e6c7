import ApusFiles

/// Turns GPT-2's spelling of bytes back into them; bytes that are no UTF-8 become U+FFFD.
public struct ByteLevelDecoder: TokenDecoder, Equatable {
  public init() {}

  public var json: JSONValue {
    .object([
      ("type", .string("ByteLevel")), ("add_prefix_space", .bool(true)),
      ("trim_offsets", .bool(true)), ("use_regex", .bool(true)),
    ])
  }

  public func parts(of tokens: [String]) -> [String] {
    [String(decoding: Self.bytes(of: tokens), as: UTF8.self)]
  }

  public func byteParts(of tokens: [[UInt8]]) -> [[UInt8]] {
    [Self.bytes(of: tokens.map { String(decoding: $0, as: UTF8.self) })]
  }

  /// The bytes of tokens; a token with characters outside the alphabet stands for itself.
  private static func bytes(of tokens: [String]) -> [UInt8] {
    tokens.flatMap { ByteAlphabet.bytes(of: $0) ?? Array($0.utf8) }
  }
}
