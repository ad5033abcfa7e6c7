import ApusFiles

/// The way back: tokens to text.
public protocol TokenDecoder: Sendable {
  /// The parts of the text that tokens stand for: one for each token, or fewer if it joins some.
  func parts(of tokens: [String]) -> [String]

  /// The same in bytes, of which those of unfinished characters stay as they are.
  func byteParts(of tokens: [[UInt8]]) -> [[UInt8]]

  /// How many times longer text may get; see `Normalizer.growth`.
  var growth: Int { get }

  /// The form in `tokenizer.json`.
  var json: JSONValue { get }
}

extension TokenDecoder {
  public var growth: Int { 1 }

  public func parts(of tokens: [String]) -> [String] {
    byteParts(of: tokens.map { Array($0.utf8) }).map { String(decoding: $0, as: UTF8.self) }
  }

  /// Joins tokens to text.
  public func decode(_ tokens: [String]) -> String { parts(of: tokens).joined() }
}

enum TokenDecoders {
  /// Reads the `decoder` of a `tokenizer.json`.
  static func read(_ field: JSONField) throws -> (any TokenDecoder)? {
    if field.isNull { return nil }
    switch try field["type"].string() {
    case "WordPiece": return try WordPieceDecoder(field)
    case "ByteLevel": return ByteLevelDecoder()
    case "Metaspace": return try MetaspaceDecoder(field)
    case "Fuse": return FuseDecoder()
    case "BPEDecoder": return try BPEDecoder(field)
    case "ByteFallback": return ByteFallbackDecoder()
    case "Strip": return try StripDecoder(field)
    case "Replace": return try ReplaceDecoder(field)
    case "CTC": return try CTCDecoder(field)
    case "Sequence": return try SequenceDecoder(field)
    default:
      throw field["type"].error(
        expected: """
          one of the decoders ByteLevel, WordPiece, BPEDecoder, Fuse, Metaspace, ByteFallback, \
          Strip, Replace, CTC, Sequence
          """)
    }
  }
}
