import ApusFiles

/// Reads a file of sentences and one of their tags, line by line.
struct PairedReader {
  static let wordName = "seq.in"
  private static let tagName = "seq.out"

  func read(_ directory: String) throws -> [TaggedSentence] {
    var lines = try PairedLines("\(directory)/\(Self.wordName)", "\(directory)/\(Self.tagName)")
    var sentences: [TaggedSentence] = []
    while let (wordLine, tagLine) = try lines.next() {
      let (words, tags) = (Self.split(wordLine), Self.split(tagLine))
      guard words.count == tags.count else {
        throw InputError(
          file: lines.second.name, row: lines.second.row,
          expected: "\(words.count) tags, as many as words in \(lines.first.name)",
          found: "\(tags.count)")
      }
      guard !words.isEmpty else { continue }
      let rows = Array(repeating: lines.first.row, count: words.count)
      sentences.append(TaggedSentence(words: words, tags: tags, rows: rows))
    }
    return sentences
  }

  private static func split(_ line: String) -> [String] {
    line.split { $0 == " " || $0 == "\t" }.map(String.init)
  }
}
