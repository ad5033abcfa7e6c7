import ApusFiles
import ApusTensors
import ApusText

/// fastText's `.bin`: settings, words with their counts, and the table of words and buckets.
///
/// What is written can be used, but not trained on, by fastText: its output table is zeros.
///
/// - Source: https://github.com/facebookresearch/fastText, src/fasttext.cc, version 12 of the format.
enum FastTextVectors {
  private static let magic: Int32 = 793_712_314
  private static let version: Int32 = 12
  private static let wordType: Int8 = 0

  /// Whether a file begins as the format does.
  static func isAt(_ path: String) throws -> Bool {
    let reader = try VectorReader(path)
    var start: Int32 = 0
    return try withUnsafeMutableBytes(of: &start) { try reader.read(into: $0) } && start == magic
  }

  static func read(_ path: String) throws -> WordVectors {
    var reader = try Fields(path)
    try reader.require("the number that begins fastText's files", [magic])
    // Version 11 differs in how classifiers hash their n-grams alone.
    try reader.require("version 11 or 12", [11, version])
    let dimension = try reader.integer("a dimension", 1...1_048_576)
    for _ in 0..<7 { _ = try reader.next(Int32.self) }
    let bucketCount = try reader.integer("a number of buckets", 0...Int(Int32.max))
    let shortest = try reader.integer("a least length of parts", 0...1000)
    let longest = try reader.integer("a greatest length of parts", 0...1000)
    _ = try reader.next(Int32.self)
    _ = try reader.next(Double.self)
    let (words, counts) = try readWords(&reader)
    try reader.require("a table that is not quantized", [UInt8(0)])
    let inputs = try readTable(
      &reader, rowCount: words.count + bucketCount, dimension: dimension, words: words)
    let vocabulary = try words.vocabulary()
    guard longest > 0, bucketCount > 0 else {
      return WordVectors(vocabulary, inputs.rows(0..<words.count), counts: counts)
    }
    guard shortest > 0, shortest <= longest else {
      throw InputError(
        file: path, expected: "lengths of parts from 1 on, the least first",
        found: "\(shortest) and \(longest)")
    }
    let rule = Subwords.Rule(lengths: shortest...longest, bucketCount: bucketCount)
    return WordVectors(vocabulary, counts: counts, Subwords(rule, inputs: inputs))
  }

  private static func readWords(
    _ reader: inout Fields
  ) throws -> (words: WordList, counts: [Int]) {
    let entryCount = try reader.integer("a number of entries", 0...Int(Int32.max))
    let wordCount = try reader.integer("a number of words", 1...max(1, entryCount))
    _ = try reader.integer("a number of labels", 0...entryCount)
    _ = try reader.next(Int64.self)
    try reader.require("a dictionary that is not pruned", [Int64(-1), 0])
    var words = WordList(reader.path)
    var counts: [Int] = []
    for entry in 0..<entryCount {
      let text = try reader.text()
      let count = try reader.next(Int64.self)
      let type = try reader.next(Int8.self)
      guard type == wordType else { continue }
      guard count >= 0, words.count < wordCount else {
        throw InputError(
          file: reader.path, row: entry + 1, expected: "\(wordCount) words with counts",
          found: "\(WordList.quoted(text)) with \(count)")
      }
      try words.append(text, row: entry + 1)
      counts.append(Int(count))
    }
    guard words.count == wordCount else {
      throw InputError(
        file: reader.path, expected: "\(wordCount) words", found: "\(words.count)")
    }
    return (words, counts)
  }

  /// Reads row by row, so that a false size asks for no memory that the file does not fill.
  private static func readTable(
    _ reader: inout Fields, rowCount: Int, dimension: Int, words: WordList
  ) throws -> Tensor {
    try reader.require("a table of \(rowCount) rows", [Int64(rowCount)])
    try reader.require("a table of \(dimension) columns", [Int64(dimension)])
    var values: [Float] = []
    var row = [Float](repeating: 0, count: dimension)
    for index in 0..<rowCount {
      try reader.fill(&row)
      if let value = row.first(where: { !$0.isFinite }) {
        let name =
          index < words.count
          ? WordList.quoted(words[index]) : "bucket \(index - words.count)"
        throw InputError(
          file: reader.path, row: index + 1, expected: "finite numbers in the vector of \(name)",
          found: "\(value)")
      }
      values += row
    }
    return Tensor(values, [rowCount, dimension])
  }

  static func write(_ vectors: WordVectors, to path: String) throws {
    let rule = vectors.subwords?.rule
    let counts = vectors.counts ?? Array(repeating: 1, count: vectors.count)
    var file = try AtomicFile(path)
    var buffer: [UInt8] = []
    func put<Value: BitwiseCopyable>(_ values: Value...) {
      for value in values { withUnsafeBytes(of: value) { buffer += $0 } }
    }
    put(magic, version, Int32(vectors.dimension))
    // Window, epochs, least count, negatives, word n-grams, loss (negatives), model (skip-gram).
    put(Int32(5), 5, 1, 5, 1, 2, 2)
    put(
      Int32(rule?.bucketCount ?? 0), Int32(rule?.lengths.lowerBound ?? 0),
      Int32(rule?.lengths.upperBound ?? 0), 100)
    put(1e-4)
    put(Int32(vectors.count), Int32(vectors.count), 0)
    put(Int64(counts.reduce(0, +)), -1)
    for id in 0..<vectors.count {
      buffer += try vectors.word(id, withoutAny: [0], for: path) + [0]
      put(Int64(counts[id]))
      put(wordType)
    }
    put(UInt8(0))
    put(Int64(vectors.count + (rule?.bucketCount ?? 0)), Int64(vectors.dimension))
    try file.write(buffer)
    let tables =
      if let subwords = vectors.subwords { [subwords.words, subwords.table] } else {
        [vectors.vectors]
      }
    for table in tables {
      try table.withElements(as: Float.self) { try file.write(UnsafeRawBufferPointer($0)) }
    }
    buffer.removeAll()
    put(UInt8(0))
    put(Int64(vectors.count), Int64(vectors.dimension))
    try file.write(buffer)
    let zeros = [UInt8](repeating: 0, count: 4 * vectors.dimension)
    for _ in 0..<vectors.count { try file.write(zeros) }
    try file.commit()
  }

  /// Little-endian values, one after the other.
  private struct Fields {
    let path: String
    private let reader: VectorReader

    init(_ path: String) throws {
      self.path = path
      reader = try VectorReader(path)
    }

    mutating func next<Value: BitwiseCopyable & ExpressibleByIntegerLiteral>(
      _: Value.Type
    ) throws -> Value {
      var value: Value = 0
      guard try withUnsafeMutableBytes(of: &value, { try reader.read(into: $0) }) else {
        throw InputError(file: path, expected: "a whole file of fastText", found: "a truncated one")
      }
      return value
    }

    mutating func integer(_ what: String, _ range: ClosedRange<Int>) throws -> Int {
      let value = Int(try next(Int32.self))
      guard range.contains(value) else {
        throw InputError(
          file: path, expected: "\(what) from \(range.lowerBound) to \(range.upperBound)",
          found: "\(value)")
      }
      return value
    }

    mutating func require<Value: BitwiseCopyable & FixedWidthInteger>(
      _ what: String, _ accepted: [Value]
    ) throws {
      let value = try next(Value.self)
      guard accepted.contains(value) else {
        throw InputError(file: path, expected: what, found: "\(value)")
      }
    }

    mutating func text() throws -> [UInt8] {
      var text: [UInt8] = []
      guard try reader.read(until: 0, into: &text, row: 1) else {
        throw InputError(file: path, expected: "a whole file of fastText", found: "a truncated one")
      }
      return text
    }

    mutating func fill(_ row: inout [Float]) throws {
      guard try row.withUnsafeMutableBytes({ try reader.read(into: $0) }) else {
        throw InputError(file: path, expected: "a whole file of fastText", found: "a truncated one")
      }
    }
  }
}
