import ApusFiles

/// Replaces each occurrence of a pattern, from the left, none overlapping.
///
/// What is put there comes from all that it replaces.
public struct ReplaceNormalizer: Normalizer, Equatable {
  public let pattern: TextPattern
  public let content: String

  public init(_ pattern: TextPattern, with content: String) {
    self.pattern = pattern
    self.content = content
  }

  init(_ field: JSONField) throws {
    pattern = try TextPattern(field["pattern"])
    content = try field["content"].string()
    guard content.utf8.count <= TextPattern.longest else {
      throw field["content"].error(expected: "at most \(TextPattern.longest) bytes")
    }
  }

  public var json: JSONValue {
    .object([
      ("type", .string("Replace")), ("pattern", pattern.json), ("content", .string(content)),
    ])
  }

  /// Cuts are at white space between words, which must neither match nor get other neighbours:
  /// white space put there, or that of the next word where one goes.
  public var allowsCuts: Bool {
    !pattern.touchesWhitespace && !content.isEmpty
      && !TextPattern.string(content).touchesWhitespace
  }

  public var growth: Int {
    max(1, (content.utf8.count + pattern.shortestMatch - 1) / pattern.shortestMatch)
  }

  public func normalize(_ text: UnsafeBufferPointer<UInt8>, into output: AlignedText) {
    var start = 0
    pattern.forEachMatch(in: text) { match in
      output.append(UnsafeBufferPointer(rebasing: text[start..<match.lowerBound]), from: start)
      output.append(content.utf8, from: match)
      start = match.upperBound
    }
    output.append(UnsafeBufferPointer(rebasing: text[start...]), from: start)
  }
}
