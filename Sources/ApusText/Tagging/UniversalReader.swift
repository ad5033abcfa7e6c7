import ApusFiles

/// Reads CoNLL-U.
///
/// - Source: https://universaldependencies.org/format.html
struct UniversalReader {
  /// The column of the tags, counted from 1.
  let tag: Int

  private static let columnCount = 10

  func read(_ path: String) throws -> [TaggedSentence] {
    var lines = try TextLines(path)
    var sentences: [TaggedSentence] = []
    var sentence = TaggedSentence()
    while let line = try lines.next() {
      if line.isEmpty {
        if !sentence.words.isEmpty { sentences.append(sentence) }
        sentence = TaggedSentence()
      } else if !line.hasPrefix("#") {
        try read(line, into: &sentence, of: lines)
      }
    }
    if !sentence.words.isEmpty { sentences.append(sentence) }
    return sentences
  }

  private func read(
    _ line: String, into sentence: inout TaggedSentence, of lines: TextLines
  ) throws {
    let columns = line.split(separator: "\t", omittingEmptySubsequences: false)
    guard columns.count == Self.columnCount, columns.indices.contains(tag - 1) else {
      throw InputError(
        file: lines.name, row: lines.row, expected: "\(Self.columnCount) columns parted by tabs",
        found: "\(columns.count) in \"\(line.prefix(40))\"")
    }
    guard !Self.isPassedOver(columns[0]) else { return }
    guard columns[0] == "\(sentence.words.count + 1)" else {
      throw InputError(
        file: lines.name, row: lines.row, expected: "the word \(sentence.words.count + 1)",
        found: "\"\(columns[0].prefix(40))\"")
    }
    guard !columns[1].isEmpty, !columns[tag - 1].isEmpty else {
      throw InputError(
        file: lines.name, row: lines.row, expected: "a word and its tag", found: "an empty column")
    }
    sentence.append(columns[1], columns[tag - 1], row: lines.row)
  }

  /// Whether an id is that of a multiword token, `1-2`, or of an empty node, `1.1`.
  private static func isPassedOver(_ id: Substring) -> Bool {
    let numbers = id.split(omittingEmptySubsequences: false) { $0 == "-" || $0 == "." }
    return numbers.count == 2 && numbers.allSatisfy { Int($0) != nil }
  }
}
