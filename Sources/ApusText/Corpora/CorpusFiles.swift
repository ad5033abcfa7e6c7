import ApusFiles

/// Finds the files below a path.
struct CorpusFiles {
  /// The files of text.
  private(set) var paths: [String] = []
  /// Files of a directory that are no text, as NUL bytes stand near their beginnings.
  private(set) var binary: [String] = []

  /// - Throws: `FileError` for a path that isn't there.
  init(_ paths: [String]) throws {
    for path in paths {
      // Who names a file by itself means it, whatever it holds.
      guard path != "-", try FileStatus(path).isDirectory else {
        self.paths.append(path)
        continue
      }
      for (file, status) in try FileStatus.files(below: path) {
        if try status.isFile && Self.isBinary(file) {
          binary.append(file)
        } else {
          self.paths.append(file)
        }
      }
    }
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
