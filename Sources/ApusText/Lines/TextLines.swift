import ApusFiles

/// The texts of a file, one a line, read one after the other.
///
/// Memory is bounded by the longest line. An empty line is an empty text; among objects of JSON it is
/// passed over.
public struct TextLines {
  /// The path, or `standard input`.
  public let name: String
  /// The row of the line that was read last, counted from 1.
  public private(set) var row = 0
  /// The lines so far whose text had something in it that is not UTF-8 and became U+FFFD.
  public private(set) var repairedLineCount = 0
  private let source: ByteReader
  /// The key of the text in each line, which is a JSON object; nil for lines that are texts.
  private let key: String?
  private let encoding: TextEncoding
  /// Where the line that was read last stands in the buffer, with its end.
  private var last = 0..<0
  private var buffer: [UInt8] = []
  /// The part of the buffer that was not read yet.
  private var rest = 0..<0
  private var isAtEnd = false
  private static let longestLine = 1 << 30

  /// Opens a file, gzip or not, or standard input for `-`.
  ///
  /// - Throws: `FileError` if it can't be opened or read, `InputError` for a bad gzip header.
  public init(_ path: String, key: String? = nil, encoding: TextEncoding = .repaired) throws {
    source = try ByteReader(path)
    name = source.name
    self.key = key
    self.encoding = encoding
  }

  /// The bytes of the line that was read last, as the file has them, with the end of the line.
  var bytes: ArraySlice<UInt8> { buffer[last] }

  /// The next text, or nil behind the last.
  ///
  /// - Throws: `FileError`; `InputError` naming the row of a line that is no JSON object with the
  ///   key, or not of the encoding, or longer than a gigabyte.
  public mutating func next() throws -> String? {
    while let (line, next) = try locateLine() {
      last = rest.lowerBound..<next
      rest = next..<rest.upperBound
      row += 1
      if key != nil, isBlank(line) { continue }
      let (text, isRepaired) = try text(of: line, row: row)
      if isRepaired { repairedLineCount += 1 }
      return text
    }
    return nil
  }

  /// The text that `next()` will give.
  ///
  /// - Throws: As `next()`.
  mutating func peek() throws -> String? {
    guard let (line, _) = try locateLine() else { return nil }
    return try text(of: line, row: row + 1).text
  }

  /// Passes over lines of nothing but blanks.
  mutating func skipBlankLines() throws {
    while let line = try peek(), line.allSatisfy(\.isWhitespace) { _ = try next() }
  }

  private func isBlank(_ line: Range<Int>) -> Bool {
    buffer[line].allSatisfy { $0 == 0x20 || 0x09...0x0D ~= $0 }
  }

  private func text(of line: Range<Int>, row: Int) throws -> (text: String, isRepaired: Bool) {
    try buffer.withUnsafeBufferPointer { bytes in
      let line = UnsafeBufferPointer(rebasing: bytes[line])
      guard let key else { return try decoded(line, row: row) }
      var text: [UInt8] = []
      _ = try JSONLine.text(
        of: key, in: line, file: name, row: row, isStrict: encoding == .utf8, into: &text)
      return try text.withUnsafeBufferPointer { try decoded($0, row: row) }
    }
  }

  private func decoded(
    _ line: UnsafeBufferPointer<UInt8>, row: Int
  ) throws -> (text: String, isRepaired: Bool) {
    if encoding == .latin1 {
      return (String(String.UnicodeScalarView(line.map { Unicode.Scalar($0) })), false)
    }
    if let text = String(validating: line, as: UTF8.self) { return (text, false) }
    guard encoding == .repaired else {
      let valid = UTF8Repair.validPrefix(of: line)
      throw InputError(
        file: name, row: row, expected: "UTF-8",
        found: "the byte 0x\(String(line[valid], radix: 16)) behind \(valid) bytes of the line")
    }
    return (String(decoding: line, as: UTF8.self), true)
  }

  /// Where the next line stands in the buffer, without its end, and where the one behind it begins.
  private mutating func locateLine() throws -> (line: Range<Int>, next: Int)? {
    var searched = rest.lowerBound
    while true {
      if let end = buffer[searched..<rest.upperBound].firstIndex(of: UInt8(ascii: "\n")) {
        return (line(endingAt: end), end + 1)
      }
      guard !isAtEnd else {
        return rest.isEmpty ? nil : (line(endingAt: rest.upperBound), rest.upperBound)
      }
      guard rest.count <= Self.longestLine else {
        throw InputError(
          file: name, row: row + 1, expected: "lines of at most \(Self.longestLine) bytes",
          found: "a longer one")
      }
      searched = try fill()
    }
  }

  private func line(endingAt end: Int) -> Range<Int> {
    let start = rest.lowerBound
    let hasCarriageReturn = end > start && buffer[end - 1] == UInt8(ascii: "\r")
    return start..<(hasCarriageReturn ? end - 1 : end)
  }

  /// Moves what is left to the front and reads more behind it.
  ///
  /// - Returns: Where the bytes that are new begin.
  private mutating func fill() throws -> Int {
    let isFirst = row == 0 && buffer.isEmpty
    buffer.removeSubrange(..<rest.lowerBound)
    let searched = buffer.count
    try withUnsafeTemporaryAllocation(byteCount: 1 << 18, alignment: 16) { chunk in
      // A pipe may hand over single bytes; three tell a byte order mark, which is no text.
      repeat {
        let count = try source.read(into: chunk)
        isAtEnd = count == 0
        buffer.append(contentsOf: chunk[..<count])
      } while isFirst && !isAtEnd && buffer.count < 3
    }
    if isFirst, buffer.starts(with: [0xEF, 0xBB, 0xBF]) { buffer.removeFirst(3) }
    rest = 0..<buffer.count
    return searched
  }
}
