import ApusFiles
import ApusTensors

/// Vectors as lines of text: a word and its numbers, parted by spaces.
///
/// word2vec and fastText (`.vec`) put a line with the numbers of words and of values before them; GloVe
/// does not. Gzip is recognised. Words may hold spaces if nothing behind the first reads as a number, as
/// some of GloVe's do.
enum TextVectors {
  static func read(_ path: String) throws -> WordVectors {
    let reader = try VectorReader(path)
    var line: [UInt8] = []
    var fields: [Range<Int>] = []
    var rows = VectorRows(reader.file)
    var expectedCount: Int?
    var row = 0
    while try !reader.isAtEnd() {
      row += 1
      _ = try reader.read(until: UInt8(ascii: "\n"), into: &line, row: row)
      split(line, into: &fields)
      if row == 1, let header = header(line, fields) {
        expectedCount = header.count
        rows = VectorRows(reader.file, dimension: header.dimension)
        continue
      }
      // A blank line ends nothing and holds nothing.
      if fields.isEmpty { continue }
      if let expectedCount, rows.count == expectedCount {
        throw InputError(
          file: reader.file, row: row,
          expected: "no more than the \(expectedCount) rows of the header", found: "another")
      }
      try append(line, fields, to: &rows, row: row)
    }
    if let expectedCount, rows.count < expectedCount {
      throw InputError(
        file: reader.file, row: row, expected: "\(expectedCount) rows, as the header says",
        found: "\(rows.count)")
    }
    return try rows.vectors()
  }

  private static func split(_ line: [UInt8], into fields: inout [Range<Int>]) {
    fields.removeAll(keepingCapacity: true)
    var start = 0
    for (index, byte) in line.enumerated()
    where byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\r") {
      if index > start { fields.append(start..<index) }
      start = index + 1
    }
    if line.count > start { fields.append(start..<line.count) }
  }

  private static func header(
    _ line: [UInt8], _ fields: [Range<Int>]
  ) -> (count: Int, dimension: Int)? {
    let numbers = fields.map { Int(String(decoding: line[$0], as: UTF8.self)) }
    guard numbers.count == 2, let count = numbers[0], let dimension = numbers[1], count >= 0,
      dimension > 0
    else { return nil }
    return (count, dimension)
  }

  private static func append(
    _ line: [UInt8], _ fields: [Range<Int>], to rows: inout VectorRows, row: Int
  ) throws {
    let dimension = rows.dimension ?? fields.count - 1
    let wordEnd = fields.count - dimension
    try line.withUnsafeBufferPointer { line in
      func number(_ field: Range<Int>) -> Double? {
        decimal(UnsafeBufferPointer(rebasing: line[field]))
      }
      guard dimension > 0, wordEnd > 0, fields[1..<wordEnd].allSatisfy({ number($0) == nil })
      else {
        throw InputError(
          file: rows.file, row: row, expected: "a word and \(max(1, dimension)) numbers",
          found: "\(max(0, fields.count - 1)) columns behind the word")
      }
      let vector = try fields[wordEnd...].map { field in
        guard let value = number(field) else {
          throw InputError(
            file: rows.file, row: row, expected: "a number",
            found: WordList.quoted(line[field]))
        }
        return Float(value)
      }
      let word = line[fields[0].lowerBound..<fields[wordEnd - 1].upperBound]
      try rows.append(Array(word), vector, row: row)
    }
  }

  /// Writes numbers with the fewest digits that give back the same value.
  ///
  /// - Throws: `InputError` for a word that a line can't hold; `FileError`.
  static func write(_ vectors: WordVectors, to path: String, hasHeader: Bool) throws {
    var file = try AtomicFile(path)
    if hasHeader { try file.write("\(vectors.count) \(vectors.dimension)\n") }
    var buffer: [UInt8] = []
    for id in 0..<vectors.count {
      buffer += try vectors.word(id, withoutAny: [0x20, 0x09, 0x0A, 0x0D], for: path)
      for value in vectors.vectors.rows(id..<id + 1).elements() as [Float] {
        buffer += " \(value)".utf8
      }
      buffer.append(UInt8(ascii: "\n"))
      if buffer.count > 1 << 16 {
        try file.write(buffer)
        buffer.removeAll(keepingCapacity: true)
      }
    }
    try file.write(buffer)
    try file.commit()
  }
}

extension WordVectors {
  /// The bytes of a word.
  ///
  /// - Throws: `InputError` if a format's separators stand in it.
  func word(_ id: Int, withoutAny separators: [UInt8], for path: String) throws -> [UInt8] {
    let word = Array(vocabulary.bytes(of: Int32(id)) ?? [])
    guard !word.isEmpty, !word.contains(where: separators.contains) else {
      throw InputError(
        file: path, row: id + 1, expected: "words without the separators of the format",
        found: WordList.quoted(word))
    }
    return word
  }
}
