import ApusFiles

/// The way back: tokens to text.
public protocol TokenDecoder: Sendable {
  /// Joins tokens to text.
  func decode(_ tokens: [String]) -> String

  /// The form in `tokenizer.json`.
  var json: JSONValue { get }
}

enum TokenDecoders {
  /// Reads the `decoder` of a `tokenizer.json`.
  static func read(_ field: JSONField) throws -> (any TokenDecoder)? {
    if field.isNull { return nil }
    switch try field["type"].string() {
    case "WordPiece": return try WordPieceDecoder(field)
    case "ByteLevel": return ByteLevelDecoder()
    case "Fuse": return FuseDecoder()
    default:
      throw field["type"].error(expected: "one of the decoders ByteLevel, WordPiece, Fuse")
    }
  }
}

/// Puts tokens end to end.
public struct FuseDecoder: TokenDecoder, Equatable {
  public init() {}

  public var json: JSONValue { .object([("type", .string("Fuse"))]) }

  public func decode(_ tokens: [String]) -> String { tokens.joined() }
}
