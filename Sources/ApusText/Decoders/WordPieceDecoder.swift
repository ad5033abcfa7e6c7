import ApusFiles

/// Joins word pieces; words are parted by spaces.
public struct WordPieceDecoder: TokenDecoder, Equatable {
  /// What marks a token that continues a word.
  public var prefix: String
  /// Whether the space before English punctuation and contractions goes.
  public var cleansUp: Bool

  public init(prefix: String = "##", cleansUp: Bool = true) {
    self.prefix = prefix
    self.cleansUp = cleansUp
  }

  init(_ field: JSONField) throws {
    prefix = try field["prefix"].optionalString() ?? "##"
    cleansUp = try field["cleanup"].bool(default: true)
  }

  public var json: JSONValue {
    .object([
      ("type", .string("WordPiece")), ("prefix", .string(prefix)), ("cleanup", .bool(cleansUp)),
    ])
  }

  /// Applied in this order to each token with the space before it, as Hugging Face's decoder does.
  private static let cleanups = [
    (" .", "."), (" ?", "?"), (" !", "!"), (" ,", ","), (" ' ", "'"), (" n't", "n't"),
    (" 'm", "'m"), (" do not", " don't"), (" 's", "'s"), (" 've", "'ve"), (" 're", "'re"),
  ].map { (Array($0.0.utf8), Array($0.1.utf8)) }

  public func byteParts(of tokens: [[UInt8]]) -> [[UInt8]] {
    let prefix = Array(prefix.utf8)
    return tokens.enumerated().map { index, token in
      var bytes = token
      if index > 0 {
        if !prefix.isEmpty, bytes.starts(with: prefix) {
          bytes.removeFirst(prefix.count)
        } else {
          bytes.insert(UInt8(ascii: " "), at: 0)
        }
      }
      return cleansUp ? Self.cleanedUp(bytes) : bytes
    }
  }

  /// A token without the space before English punctuation and contractions.
  static func cleanedUp(_ token: [UInt8]) -> [UInt8] {
    cleanups.reduce(token) { $0.replacingOccurrences(of: $1.0, with: $1.1) }
  }
}
