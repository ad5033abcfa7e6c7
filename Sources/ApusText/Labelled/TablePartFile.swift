import ApusFiles

/// A part of a table that is being written: rows as another file has them, behind its header.
final class TablePartFile {
  let path: String
  private(set) var rowCount = 0
  private var file: AtomicFile?

  /// Opens the file and makes its directory.
  ///
  /// - Throws: `FileError`.
  init(_ path: String, header: [UInt8]) throws {
    self.path = path
    try createDirectory(String(path.prefix(upTo: path.lastIndex(of: "/") ?? path.startIndex)))
    file = try AtomicFile(path)
    if !header.isEmpty { try write(header) }
  }

  /// Writes a row, with the end of a line, which the last of a file may lack.
  func append(_ row: [UInt8]) throws {
    try write(row)
    rowCount += 1
  }

  /// Gives the file its name.
  func commit() throws { if let file = file.take() { try file.commit() } }

  private func write(_ bytes: [UInt8]) throws {
    try file?.write(bytes)
    if bytes.last != UInt8(ascii: "\n") { try file?.write("\n") }
  }
}
