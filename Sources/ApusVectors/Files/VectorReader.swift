import ApusFiles

/// Reads a file of vectors from front to back: lines, words up to a separator, and numbers as bytes.
final class VectorReader {
  let file: String
  private let source: ByteReader
  private let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
  private var unread = 0..<0

  /// No word and no line of numbers is longer.
  private static let longestText = 1 << 24

  init(_ path: String) throws {
    source = try ByteReader(path)
    file = source.name
  }

  deinit { chunk.deallocate() }

  /// Whether nothing is left.
  func isAtEnd() throws -> Bool { try unread.isEmpty && !fill() }

  /// The next byte, which stays.
  func peek() throws -> UInt8? { try isAtEnd() ? nil : chunk[unread.lowerBound] }

  func skip() { unread = unread.lowerBound + 1..<unread.upperBound }

  /// Replaces `text` by the bytes before the next separator, which is taken too.
  ///
  /// - Returns: Whether there was a separator; without one the text is what is left of the file.
  func read(until separator: UInt8, into text: inout [UInt8], row: Int) throws -> Bool {
    text.removeAll(keepingCapacity: true)
    while try !isAtEnd() {
      let part = UnsafeRawBufferPointer(rebasing: chunk[unread])
      let end = part.firstIndex(of: separator)
      text.append(contentsOf: part[..<(end ?? part.count)])
      unread = unread.lowerBound + (end.map { $0 + 1 } ?? part.count)..<unread.upperBound
      guard text.count <= Self.longestText else {
        throw InputError(
          file: file, row: row, expected: "at most \(Self.longestText) bytes a row", found: "more")
      }
      if end != nil { return true }
    }
    return false
  }

  /// Fills a buffer.
  ///
  /// - Returns: False if the file ends before.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Bool {
    var rest = buffer
    while !rest.isEmpty {
      guard try !isAtEnd() else { return false }
      let part = UnsafeRawBufferPointer(rebasing: chunk[unread].prefix(rest.count))
      rest.copyMemory(from: part)
      unread = unread.lowerBound + part.count..<unread.upperBound
      rest = UnsafeMutableRawBufferPointer(rebasing: rest[part.count...])
    }
    return true
  }

  private func fill() throws -> Bool {
    unread = 0..<(try source.read(into: chunk))
    return !unread.isEmpty
  }
}
