import ApusFiles

/// The texts of a file, one a line, read one after the other.
///
/// Memory is bounded by the longest line. Ill-formed UTF-8 becomes U+FFFD; an empty line is an empty
/// text.
public struct TextLines {
  /// The path, or `standard input`.
  public let name: String
  /// The row of the line that was read last, counted from 1.
  public private(set) var row = 0
  private let source: ByteReader
  /// The key of the text in each line, which is a JSON object; nil for lines that are texts.
  private let key: String?
  private var buffer: [UInt8] = []
  /// The part of the buffer that was not read yet.
  private var rest = 0..<0
  private var isAtEnd = false
  private static let longestLine = 1 << 30

  /// Opens a file, gzip or not, or standard input for `-`.
  ///
  /// - Throws: `FileError` if it can't be opened or read, `InputError` for a bad gzip header.
  public init(_ path: String, key: String? = nil) throws {
    source = try ByteReader(path)
    name = source.name
    self.key = key
  }

  /// The next text, or nil behind the last.
  ///
  /// - Throws: `FileError`; `InputError` naming the row of a line that is no JSON object with the
  ///   key, or is longer than a gigabyte.
  public mutating func next() throws -> String? {
    guard let line = try nextLine() else { return nil }
    row += 1
    return try buffer.withUnsafeBufferPointer { bytes in
      let line = UnsafeBufferPointer(rebasing: bytes[line])
      guard let key else { return String(decoding: line, as: UTF8.self) }
      var text: [UInt8] = []
      var scanner = JSONScanner(line)
      do {
        guard try JSONLine.text(of: key, &scanner, into: &text) else {
          throw scanner.failure("an object with the key \"\(key)\"")
        }
      } catch {
        throw InputError(error, in: line, file: name, row: row)
      }
      return String(decoding: text, as: UTF8.self)
    }
  }

  /// Where the next line stands in the buffer, without its end.
  private mutating func nextLine() throws -> Range<Int>? {
    var searched = rest.lowerBound
    while true {
      if let end = buffer[searched..<rest.upperBound].firstIndex(of: UInt8(ascii: "\n")) {
        return take(end, next: end + 1)
      }
      guard !isAtEnd else {
        return rest.isEmpty ? nil : take(rest.upperBound, next: rest.upperBound)
      }
      guard rest.count <= Self.longestLine else {
        throw InputError(
          file: name, row: row + 1, expected: "lines of at most \(Self.longestLine) bytes",
          found: "a longer one")
      }
      searched = try fill()
    }
  }

  private mutating func take(_ end: Int, next: Int) -> Range<Int> {
    let start = rest.lowerBound
    rest = next..<rest.upperBound
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
