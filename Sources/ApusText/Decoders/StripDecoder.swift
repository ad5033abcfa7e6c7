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

  public func parts(of tokens: [String]) -> [String] {
    tokens.map { token in
      var rest = token.unicodeScalars[...]
      for _ in 0..<leadingCount {
        guard rest.first == content else { break }
        rest.removeFirst()
      }
      for _ in 0..<trailingCount {
        guard rest.last == content else { break }
        rest.removeLast()
      }
      return String(String.UnicodeScalarView(rest))
    }
  }
}
