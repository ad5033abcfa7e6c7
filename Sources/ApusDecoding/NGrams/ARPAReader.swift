import ApusFiles
import Glibc

/// Reads a model in ARPA form.
struct ARPAReader {
  private let name: String
  private let bytes: [UInt8]
  private var next = 0
  /// The row of the line that was read last.
  private var row = 0
  private var ids: [[UInt8]: Int32] = [:]

  /// The name is that of the file, for messages.
  init(_ bytes: [UInt8], name: String) {
    self.bytes = bytes
    self.name = name
  }

  /// Reads the whole file.
  ///
  /// A model without an unknown word gets one of the probability 10^-100.
  ///
  /// - Throws: `InputError` naming the row.
  mutating func read() throws -> NGramTable {
    let counts = try readHead()
    var levels: [NGramTable.Level] = []
    var texts: [[UInt8]] = []
    for (index, count) in counts.enumerated() {
      levels.append(try readLevel(index + 1, count, isLast: index == counts.count - 1, &texts))
    }
    guard nextFilled() == Array("\\end\\".utf8)[...] else { throw failure("\\end\\", found) }
    return try arranged(levels, texts)
  }

  private func failure(_ expected: String, _ found: String) -> InputError {
    InputError(file: name, row: row, expected: expected, found: found)
  }

  /// The line at hand, for messages.
  private var line: ArraySlice<UInt8>?
  private var found: String {
    guard let line else { return "the end of the file" }
    return "\"\(String(decoding: line.prefix(60), as: UTF8.self))\""
  }

  /// The next line without its end and blanks before that, or nil behind the last.
  private mutating func nextLine() -> ArraySlice<UInt8>? {
    guard next < bytes.count else {
      line = nil
      return nil
    }
    let end = bytes[next...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
    var text = bytes[next..<end]
    while let last = text.last, Self.isBlank(last) || last == UInt8(ascii: "\r") {
      text.removeLast()
    }
    next = end + 1
    row += 1
    line = text
    return text
  }

  private mutating func nextFilled() -> ArraySlice<UInt8>? {
    while let line = nextLine() {
      if !line.isEmpty { return line }
    }
    return nil
  }

  private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

  /// Reads how many n-grams there are of each length, behind what is a comment.
  private mutating func readHead() throws -> [Int] {
    while let line = nextLine(), !line.elementsEqual("\\data\\".utf8) {}
    guard line != nil else { throw failure("a line \\data\\", "the end of the file") }
    var counts: [Int] = []
    while let line = nextFilled() {
      guard line.first != UInt8(ascii: "\\") else {
        guard !counts.isEmpty else { throw failure("the number of 1-grams", found) }
        return counts
      }
      let parts = String(decoding: line, as: UTF8.self).split { $0 == " " || $0 == "=" }
      guard parts.count == 3, parts[0] == "ngram", parts[1] == "\(counts.count + 1)",
        let count = Int(parts[2]), 0...Int(Int32.max) ~= count,
        counts.count < NGramImage.longestOrder
      else { throw failure("ngram \(counts.count + 1)=COUNT", found) }
      counts.append(count)
    }
    throw failure("\\1-grams:", found)
  }

  private mutating func readLevel(
    _ length: Int, _ count: Int, isLast: Bool, _ texts: inout [[UInt8]]
  ) throws -> NGramTable.Level {
    // The head ends with the first of these lines.
    if length > 1 { _ = nextFilled() }
    guard line?.elementsEqual("\\\(length)-grams:".utf8) == true else {
      throw failure("\\\(length)-grams:", found)
    }
    var level = NGramTable.Level(length: length)
    var words: [Int32] = []
    while level.count < count {
      guard let line = nextFilled(), line.first != UInt8(ascii: "\\") else {
        throw failure("\(count) \(length)-grams as the head says", "\(level.count)")
      }
      let fields = line.split(whereSeparator: Self.isBlank)
      guard fields.count == length + 1 || fields.count == length + 2 else {
        throw failure(
          "a logarithm, \(length) words and a back-off weight", "\(fields.count) fields")
      }
      words.removeAll(keepingCapacity: true)
      for field in fields[1...length] {
        if length == 1 {
          let id = Int32(texts.count)
          guard ids.updateValue(id, forKey: Array(field)) == nil else {
            throw failure("a word once", "\"\(String(decoding: field, as: UTF8.self))\" again")
          }
          texts.append(Array(field))
          words.append(id)
        } else if let id = ids[Array(field)] {
          words.append(id)
        } else {
          throw failure(
            "words that are 1-grams", "\"\(String(decoding: field, as: UTF8.self))\"")
        }
      }
      let logProbability = try number(fields[0])
      guard logProbability <= 0 else {
        throw failure("the logarithm of a probability", "\(logProbability)")
      }
      let backoff = fields.count == length + 2 ? try number(fields[length + 1]) : 0
      level.append(words, logProbability: logProbability, backoff: isLast ? 0 : backoff)
    }
    let (after, row, line) = (next, row, line)
    if let line = nextFilled(), line.first != UInt8(ascii: "\\") {
      throw failure("\(count) \(length)-grams as the head says", "more")
    }
    (next, self.row, self.line) = (after, row, line)
    return level
  }

  private func number(_ field: ArraySlice<UInt8>) throws -> Float {
    let text = String(decoding: field, as: UTF8.self)
    // Some programs write -inf for what never happens.
    if text == "-inf" { return -100 }
    guard let number = Float(text), number.isFinite else {
      throw failure("a number", "\"\(text)\"")
    }
    return number
  }

  /// The table with ids in the order of the words, the unknown one first.
  private func arranged(_ levels: [NGramTable.Level], _ texts: [[UInt8]]) throws -> NGramTable {
    var (levels, texts) = (levels, texts)
    let unknown = texts.firstIndex { $0 == NGramWord.unknown || $0 == NGramWord.loudUnknown }
    if unknown == nil {
      levels[0].append([Int32(texts.count)], logProbability: -100, backoff: 0)
      texts.append(NGramWord.unknown)
    }
    let last = unknown ?? texts.count - 1
    let order =
      [last]
      + texts.indices.filter { $0 != last }.sorted {
        texts[$0].lexicographicallyPrecedes(texts[$1])
      }
    var ids = [Int32](repeating: 0, count: texts.count)
    for (id, index) in order.enumerated() { ids[index] = Int32(id) }
    for index in levels.indices {
      levels[index].words = levels[index].words.map { ids[Int($0)] }
    }
    texts[last] = NGramWord.unknown
    var table = NGramTable(vocabulary: order.map { texts[$0] }, levels: levels)
    if let twice = table.arrange() {
      let words = twice.map { String(decoding: table.vocabulary[Int($0)], as: UTF8.self) }
      throw InputError(
        file: name, expected: "each n-gram once",
        found: "\"\(words.joined(separator: " "))\" again")
    }
    return table
  }
}
