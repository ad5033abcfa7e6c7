import ApusFiles
import Glibc

/// Finds the files below a path.
struct CorpusFiles {
  /// The files of text.
  private(set) var paths: [String] = []
  /// Files of a directory that are no text, as NUL bytes stand near their beginnings.
  private(set) var binary: [String] = []

  /// How deep directories may be nested: a link back up the tree ends here.
  private static let deepest = 64

  /// - Throws: `FileError` for a path that isn't there.
  init(_ paths: [String]) throws {
    for path in paths {
      if path == "-" { self.paths.append(path) } else { try add(path, depth: 0) }
    }
  }

  private mutating func add(_ path: String, depth: Int) throws {
    var status = stat()
    guard stat(path, &status) == 0 else {
      throw FileError(file: path, operation: "open", code: errno)
    }
    guard status.st_mode & S_IFMT == S_IFDIR else {
      // Who names a file by itself means it, whatever it holds.
      let isBinary = try depth > 0 && status.st_mode & S_IFMT == S_IFREG && Self.isBinary(path)
      if isBinary { binary.append(path) } else { paths.append(path) }
      return
    }
    guard depth < Self.deepest else { throw FileError(file: path, operation: "enter", code: ELOOP) }
    let names = try directoryEntries(path)
    let parent = path.hasSuffix("/") ? String(path.dropLast()) : path
    for name in names { try add("\(parent)/\(name)", depth: depth + 1) }
  }

  private static func isBinary(_ path: String) throws -> Bool {
    let source = try ByteReader(path)
    return try withUnsafeTemporaryAllocation(byteCount: blockSize, alignment: 16) { block in
      let count = try source.read(into: block)
      return block[..<count].contains(0)
    }
  }

  /// The bytes in which a NUL tells that a file is no text.
  private static let blockSize = 8192
}
