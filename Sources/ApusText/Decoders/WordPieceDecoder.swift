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

  public func decode(_ tokens: [String]) -> String {
    var output: [UInt8] = []
    let prefix = Array(prefix.utf8)
    for (index, token) in tokens.enumerated() {
      var bytes = Array(token.utf8)
      if index > 0 {
        if !prefix.isEmpty, bytes.starts(with: prefix) {
          bytes.removeFirst(prefix.count)
        } else {
          bytes.insert(UInt8(ascii: " "), at: 0)
        }
      }
      if cleansUp {
        for (old, new) in Self.cleanups { Self.replace(old, with: new, in: &bytes) }
      }
      output.append(contentsOf: bytes)
    }
    return String(decoding: output, as: UTF8.self)
  }

  private static func replace(_ old: [UInt8], with new: [UInt8], in bytes: inout [UInt8]) {
    var index = 0
    while index + old.count <= bytes.count {
      if bytes[index..<index + old.count].elementsEqual(old) {
        bytes.replaceSubrange(index..<index + old.count, with: new)
        index += new.count
      } else {
        index += 1
      }
    }
  }
}
