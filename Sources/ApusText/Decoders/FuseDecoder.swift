import ApusFiles

/// Puts tokens end to end.
public struct FuseDecoder: TokenDecoder, Equatable {
  public init() {}

  public var json: JSONValue { .object([("type", .string("Fuse"))]) }

  public func byteParts(of tokens: [[UInt8]]) -> [[UInt8]] { [Array(tokens.joined())] }
}
