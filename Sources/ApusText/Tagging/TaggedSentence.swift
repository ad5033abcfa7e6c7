/// A sentence whose words have a tag each.
public struct TaggedSentence: Sendable, Hashable {
  public var words: [String]
  public var tags: [String]
  /// The row of each word in its file, counted from 1.
  public var rows: [Int]

  public init(words: [String], tags: [String], rows: [Int]) {
    precondition(
      words.count == tags.count && words.count == rows.count,
      "TaggedSentence: expected as many tags and rows as words, got \(words.count) words, "
        + "\(tags.count) tags, \(rows.count) rows")
    self.words = words
    self.tags = tags
    self.rows = rows
  }

  init() { self.init(words: [], tags: [], rows: []) }

  mutating func append(_ word: some StringProtocol, _ tag: some StringProtocol, row: Int) {
    words.append(String(word))
    tags.append(String(tag))
    rows.append(row)
  }
}
