import ApusFiles

/// The lines of files that say something of each other, in step.
struct ParallelLines {
  private(set) var files: [TextLines]

  init(_ paths: [String], encoding: TextEncoding = .repaired) throws {
    files = try paths.map { try TextLines($0, encoding: encoding) }
  }

  /// The lines of a single file.
  init(_ lines: TextLines) { files = [lines] }

  /// The row of the lines that were read last, from 1.
  var row: Int { files[0].row }

  /// The lines so far, of all files, in which something that is not UTF-8 became U+FFFD.
  var repairedLineCount: Int { files.reduce(0) { $0 + $1.repairedLineCount } }

  /// The bytes of the line that was read last from the first file, with its end.
  var bytes: ArraySlice<UInt8> { files[0].bytes }

  /// The next line of each; nil behind the last.
  ///
  /// - Throws: `InputError` with the lines of two files of which one ends before the other.
  mutating func next() throws -> [String]? {
    var lines: [String] = []
    for index in files.indices {
      if let line = try files[index].next() { lines.append(line) }
    }
    if lines.count == files.count { return lines }
    guard lines.isEmpty else {
      for index in files.indices {
        while try files[index].next() != nil {}
      }
      let other = files.first { $0.row != row } ?? files[0]
      throw InputError(
        file: other.name, expected: "\(row) lines, as many as in \(files[0].name)",
        found: "\(other.row)")
    }
    return nil
  }
}
