import ApusFiles

/// Joins the labels of frames to text: repeats become one, and padding goes.
///
/// - Source: Graves et al. 2006, §3.1, in the form of Hugging Face's `CTC`.
public struct CTCDecoder: TokenDecoder, Equatable {
  public let padding, delimiter: String
  /// Whether the delimiter becomes a space, and the space before English punctuation goes.
  public let cleansUp: Bool

  init(_ field: JSONField) throws {
    padding = try field["pad_token"].optionalString() ?? "<pad>"
    delimiter = try field["word_delimiter_token"].optionalString() ?? "|"
    cleansUp = try field["cleanup"].bool(default: true)
  }

  public var json: JSONValue {
    .object([
      ("type", .string("CTC")), ("pad_token", .string(padding)),
      ("word_delimiter_token", .string(delimiter)), ("cleanup", .bool(cleansUp)),
    ])
  }

  public func byteParts(of tokens: [[UInt8]]) -> [[UInt8]] {
    let (padding, delimiter) = (Array(padding.utf8), Array(delimiter.utf8))
    var last: [UInt8]?
    return tokens.compactMap { token in
      defer { last = token }
      guard token != last else { return nil }
      var text = token.replacingOccurrences(of: padding, with: [])
      if cleansUp {
        text = WordPieceDecoder.cleanedUp(text)
          .replacingOccurrences(of: delimiter, with: [UInt8(ascii: " ")])
      }
      return text.isEmpty ? nil : text
    }
  }
}
