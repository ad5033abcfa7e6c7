import ApusFiles

/// Reads a file of sentences and one of their tags, line by line.
struct PairedReader {
  private static let wordName = "seq.in"
  private static let tagName = "seq.out"

  func read(_ directory: String) throws -> [TaggedSentence] {
    var wordLines = try TextLines("\(directory)/\(Self.wordName)")
    var tagLines = try TextLines("\(directory)/\(Self.tagName)")
    var sentences: [TaggedSentence] = []
    while true {
      let (wordLine, tagLine) = (try wordLines.next(), try tagLines.next())
      guard let wordLine, let tagLine else {
        guard wordLine == nil, tagLine == nil else {
          throw try Self.unequal(&wordLines, &tagLines)
        }
        return sentences
      }
      let (words, tags) = (Self.split(wordLine), Self.split(tagLine))
      guard words.count == tags.count else {
        throw InputError(
          file: tagLines.name, row: tagLines.row,
          expected: "\(words.count) tags, as many as words in \(wordLines.name)",
          found: "\(tags.count)")
      }
      guard !words.isEmpty else { continue }
      let rows = Array(repeating: wordLines.row, count: words.count)
      sentences.append(TaggedSentence(words: words, tags: tags, rows: rows))
    }
  }

  private static func split(_ line: String) -> [String] {
    line.split { $0 == " " || $0 == "\t" }.map(String.init)
  }

  /// What is wrong where one file ends before the other, with the lines of both.
  private static func unequal(
    _ words: inout TextLines, _ tags: inout TextLines
  ) throws -> InputError {
    while try words.next() != nil {}
    while try tags.next() != nil {}
    return InputError(
      file: tags.name, expected: "\(words.row) lines, as many as in \(words.name)",
      found: "\(tags.row)")
  }
}
