import ApusFiles

/// A pass over the lines of a file on several threads, with results in the order of the lines.
///
/// Memory is bounded by the longest line, whatever the size of the file.
struct LinePass {
  /// The path, or `standard input`.
  let name: String
  private let source: ByteReader
  private let threadCount: Int
  /// Lines are gathered up to this many bytes before threads set to work on them.
  private let batchBytes: Int
  /// Places in a line are counted in 32 bits.
  private static let longestLine = 1 << 30

  /// What a group of lines gave.
  private struct Result {
    var output: [UInt8] = []
    var error: InputError?
  }

  /// Opens a file, gzip or not, or standard input for `-`.
  init(_ path: String, threadCount: Int) throws {
    precondition(threadCount > 0, "LinePass: expected at least one thread")
    source = try ByteReader(path)
    name = source.name
    self.threadCount = threadCount
    batchBytes = (1 << 20) * threadCount
  }

  /// Gives each line, without its end, to `work`, and what that appends to `write`.
  ///
  /// - Parameters:
  ///   - work: Called on any thread with the line and its row, counted from 1.
  ///   - write: Called on the caller's thread.
  /// - Returns: The number of lines.
  /// - Throws: The error of the first line that `work` refuses, once everything before it is
  ///   written; `FileError`; `InputError` for damaged gzip or a line of more than a gigabyte.
  func run(
    _ work: (
      _ line: UnsafeBufferPointer<UInt8>, _ row: Int, _ output: inout [UInt8]
    ) throws(InputError) -> Void,
    write: (UnsafeRawBufferPointer) throws -> Void
  ) throws -> Int {
    var pending: [UInt8] = []
    var row = 1
    var isAtEnd = false
    while !isAtEnd {
      let searched = pending.count
      isAtEnd = try !fill(&pending)
      if row == 1, searched == 0, pending.starts(with: [0xEF, 0xBB, 0xBF]) {
        // A byte order mark is no text.
        pending.removeFirst(3)
      }
      let lastNewline = pending[min(searched, pending.count)...].lastIndex(of: UInt8(ascii: "\n"))
      guard let end = isAtEnd ? pending.count : lastNewline.map({ $0 + 1 }) else {
        guard pending.count <= Self.longestLine else {
          throw InputError(
            file: name, row: row, expected: "lines of at most \(Self.longestLine) bytes",
            found: "a longer one")
        }
        continue
      }
      try pending.withUnsafeBufferPointer { bytes in
        row += try process(
          UnsafeBufferPointer(rebasing: bytes[..<end]), from: row, work, write)
      }
      pending.removeSubrange(..<end)
    }
    return row - 1
  }

  /// Reads until a batch is gathered; false at the end of the file.
  private func fill(_ pending: inout [UInt8]) throws -> Bool {
    let target = max(batchBytes, pending.count + batchBytes / 2)
    return try withUnsafeTemporaryAllocation(byteCount: 1 << 18, alignment: 16) { chunk in
      while pending.count < target {
        let count = try source.read(into: chunk)
        guard count > 0 else { return false }
        pending.append(contentsOf: chunk[..<count])
      }
      return true
    }
  }

  /// - Returns: The number of lines.
  private func process(
    _ bytes: UnsafeBufferPointer<UInt8>, from row: Int,
    _ work: (UnsafeBufferPointer<UInt8>, Int, inout [UInt8]) throws(InputError) -> Void,
    _ write: (UnsafeRawBufferPointer) throws -> Void
  ) throws -> Int {
    var lines: [Range<Int>] = []
    var start = 0
    while start < bytes.count {
      let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
      let isCarriageReturn = end > start && bytes[end - 1] == UInt8(ascii: "\r")
      lines.append(start..<(isCarriageReturn ? end - 1 : end))
      start = end + 1
    }
    let groups = groups(of: lines, byteCount: bytes.count)
    var results = [Result](repeating: Result(), count: groups.count)
    results.withUnsafeMutableBufferPointer { results in
      concurrently(groups.count, threadCount: threadCount) { index, _ in
        do throws(InputError) {
          for line in groups[index] {
            try work(
              UnsafeBufferPointer(rebasing: bytes[lines[line]]), row + line,
              &results[index].output)
          }
        } catch {
          results[index].error = error
        }
      }
    }
    for result in results {
      try result.output.withUnsafeBytes(write)
      if let error = result.error { throw error }
    }
    return lines.count
  }

  /// Groups of some size keep the threads evenly busy to the end.
  private func groups(of lines: [Range<Int>], byteCount: Int) -> [Range<Int>] {
    let size = max(1, byteCount / (threadCount * 8))
    var groups: [Range<Int>] = []
    var first = 0
    for (index, line) in lines.enumerated()
    where index == lines.count - 1 || line.upperBound - lines[first].lowerBound >= size {
      groups.append(first..<index + 1)
      first = index + 1
    }
    return groups
  }
}
