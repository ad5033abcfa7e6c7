import ApusFiles

/// Cuts text at the matches of a pattern.
public struct SplitPreTokenizer: PreTokenizer, Equatable {
  public var pattern: TextPattern
  public var behavior: SplitBehavior
  /// Whether what stands between matches is taken for the matches.
  public var isInverted: Bool

  public init(_ pattern: TextPattern, _ behavior: SplitBehavior, isInverted: Bool = false) {
    self.pattern = pattern
    self.behavior = behavior
    self.isInverted = isInverted
  }

  init(_ field: JSONField) throws {
    pattern = try TextPattern(field["pattern"])
    behavior = try PreTokenizers.behavior(field["behavior"])
    isInverted = try field["invert"].bool(default: false)
  }

  /// Reads a `CharDelimiterSplit`, which drops each of one character.
  init(delimiter field: JSONField) throws {
    let delimiter = try field["delimiter"].string()
    guard delimiter.unicodeScalars.count == 1 else {
      throw field["delimiter"].error(expected: "one character")
    }
    self.init(.string(delimiter), .removed)
  }

  public var json: JSONValue {
    .object([
      ("type", .string("Split")), ("pattern", pattern.json),
      ("behavior", .string(behavior.rawValue)), ("invert", .bool(isInverted)),
    ])
  }

  public func split(_ text: UnsafeBufferPointer<UInt8>, into pieces: inout [Range<Int>]) {
    var collector = PieceCollector(behavior, after: &pieces)
    var start = 0
    pattern.forEachMatch(in: text) { match in
      collector.add(start..<match.lowerBound, isMatch: isInverted)
      collector.add(match, isMatch: !isInverted)
      start = match.upperBound
    }
    collector.add(start..<text.count, isMatch: isInverted)
    collector.finish(into: &pieces)
  }
}
