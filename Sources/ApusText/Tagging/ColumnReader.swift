import ApusFiles

/// Reads rows of words with columns that are parted by blanks.
struct ColumnReader {
  /// Counted from 1, or from the last, which is −1.
  let word, tag: Int

  /// What a row begins with that stands between two documents.
  static let documentMark = "-DOCSTART-"

  func read(_ path: String) throws -> [TaggedSentence] {
    var lines = try TextLines(path)
    var sentences: [TaggedSentence] = []
    var sentence = TaggedSentence()
    var width: Int?
    func close() {
      if !sentence.words.isEmpty { sentences.append(sentence) }
      sentence = TaggedSentence()
    }
    while let line = try lines.next() {
      let columns = line.split { $0 == " " || $0 == "\t" }
      guard let first = columns.first, first != Self.documentMark else {
        close()
        continue
      }
      let expected = width ?? columns.count
      guard columns.count == expected, let word = column(word, of: columns),
        let tag = column(tag, of: columns), width != nil || columns.count > 1
      else {
        throw InputError(
          file: lines.name, row: lines.row,
          expected: width == nil ? least : "\(expected) columns",
          found: "\(columns.count) in \"\(line.prefix(40))\"")
      }
      width = expected
      sentence.append(word, tag, row: lines.row)
    }
    close()
    return sentences
  }

  private func column(_ number: Int, of columns: [Substring]) -> Substring? {
    let index = number < 0 ? columns.count + number : number - 1
    return columns.indices.contains(index) ? columns[index] : nil
  }

  private var least: String {
    "at least \(max(2, word.magnitude, tag.magnitude)) columns, words and tags"
  }
}
