import ApusFiles

/// Takes up to so many of one character off the ends of each token.
public struct StripDecoder: TokenDecoder, Equatable {
  public let content: Unicode.Scalar
  public let leadingCount, trailingCount: Int

  init(_ field: JSONField) throws {
    let text = Array(try field["content"].string().unicodeScalars)
    guard let content = text.first, text.count == 1 else {
      throw field["content"].error(expected: "one character")
    }
    self.content = content
    leadingCount = try field["start"].integer(in: 0...Vocabulary.maximumTokenBytes)
    trailingCount = try field["stop"].integer(in: 0...Vocabulary.maximumTokenBytes)
  }

  public var json: JSONValue {
    .object([
      ("type", .string("Strip")), ("content", .string(String(content))),
      ("start", .integer(leadingCount)), ("stop", .integer(trailingCount)),
    ])
  }

  public func byteParts(of tokens: [[UInt8]]) -> [[UInt8]] {
    let content = Array(String(content).utf8)
    return tokens.map { token in
      var rest = token[...]
      for _ in 0..<leadingCount {
        guard rest.starts(with: content) else { break }
        rest.removeFirst(content.count)
      }
      for _ in 0..<trailingCount {
        guard rest.suffix(content.count).elementsEqual(content) else { break }
        rest.removeLast(content.count)
      }
      return Array(rest)
    }
  }
}
