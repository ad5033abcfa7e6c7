import ApusFiles

/// Puts tokens end to end.
public struct FuseDecoder: TokenDecoder, Equatable {
  public init() {}

  public var json: JSONValue { .object([("type", .string("Fuse"))]) }

  public func parts(of tokens: [String]) -> [String] { [tokens.joined()] }
}
