import ApusFiles
import ApusTensors
import ApusText

/// The binary format of word2vec.
///
/// A line has the numbers of words and of values; then come each word, a space and its values as
/// little-endian Float32. A newline may stand before each word.
enum BinaryVectors {
  static func read(_ path: String) throws -> WordVectors {
    let reader = try VectorReader(path)
    var text: [UInt8] = []
    let hasLine = try reader.read(until: UInt8(ascii: "\n"), into: &text, row: 1)
    let numbers = text.split(separator: UInt8(ascii: " "))
      .map { Int(String(decoding: $0, as: UTF8.self)) }
    guard hasLine, numbers.count == 2, let count = numbers[0], let dimension = numbers[1],
      1...Vocabulary.maximumCount ~= count, 1...1_048_576 ~= dimension
    else {
      throw InputError(
        file: path, row: 1,
        expected:
          "a line with the numbers of words (1 to \(Vocabulary.maximumCount)) and of values "
          + "(1 to 1048576)",
        found: WordList.quoted(text))
    }
    var rows = VectorRows(reader.file, dimension: dimension)
    var vector = [Float](repeating: 0, count: dimension)
    for row in 2...count + 1 {
      while try reader.peek() == UInt8(ascii: "\n") { reader.skip() }
      let hasWord = try reader.read(until: UInt8(ascii: " "), into: &text, row: row)
      let hasVector = try vector.withUnsafeMutableBytes { try reader.read(into: $0) }
      guard hasWord, hasVector else {
        throw InputError(
          file: reader.file, row: row, expected: "\(count) words with \(dimension) values each",
          found: "the end after \(rows.count)")
      }
      try rows.append(text, vector, row: row)
    }
    while try reader.peek() == UInt8(ascii: "\n") { reader.skip() }
    guard try reader.isAtEnd() else {
      throw InputError(
        file: reader.file, row: count + 2, expected: "the end after \(count) words", found: "more")
    }
    return try rows.vectors()
  }

  static func write(_ vectors: WordVectors, to path: String) throws {
    var file = try AtomicFile(path)
    try file.write("\(vectors.count) \(vectors.dimension)\n")
    for id in 0..<vectors.count {
      try file.write(try vectors.word(id, withoutAny: [0x20, 0x0A], for: path) + [0x20])
      try vectors.vectors.rows(id..<id + 1).withElements(as: Float.self) {
        try file.write(UnsafeRawBufferPointer($0))
      }
      try file.write([0x0A])
    }
    try file.commit()
  }
}
