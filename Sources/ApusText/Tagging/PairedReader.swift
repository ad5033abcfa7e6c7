import ApusFiles

/// Reads a file of sentences and one of their tags, line by line.
struct PairedReader {
  static let wordName = "seq.in"
  private static let tagName = "seq.out"

  func read(_ directory: String) throws -> [TaggedSentence] {
    var lines = try ParallelLines([
      "\(directory)/\(Self.wordName)", "\(directory)/\(Self.tagName)",
    ])
    var sentences: [TaggedSentence] = []
    while let pair = try lines.next() {
      let (words, tags) = (Self.split(pair[0]), Self.split(pair[1]))
      guard words.count == tags.count else {
        throw InputError(
          file: lines.files[1].name, row: lines.row,
          expected: "\(words.count) tags, as many as words in \(lines.files[0].name)",
          found: "\(tags.count)")
      }
      guard !words.isEmpty else { continue }
      let rows = Array(repeating: lines.row, count: words.count)
      sentences.append(TaggedSentence(words: words, tags: tags, rows: rows))
    }
    return sentences
  }

  private static func split(_ line: String) -> [String] {
    line.split { $0 == " " || $0 == "\t" }.map(String.init)
  }
}
