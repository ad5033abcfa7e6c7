import ApusFiles

/// What a file or directory holds, told from other contents by its size and a checksum that is cheap
/// however large it is.
///
/// The checksum covers every byte of up to 256 blocks of 64 KiB; of more, as many blocks at equal
/// distances, the first and the last among them: a change between them that leaves the size as it is
/// goes unnoticed. The files of a directory count as one content in the order of their paths in it,
/// which belong to it, as where the directory stands does not. Of a model's directory, only what makes
/// the model counts: cards, logs and what resuming needs come and go.
struct SourceContent: Codable, Equatable, Sendable {
  /// In bytes.
  let size: Int
  let checksum: UInt32

  private static let blockSize = 1 << 16
  private static let mostBlocks = 256

  /// Reads what tells a content.
  ///
  /// - Returns: Nil for a stream, which can be read only once.
  /// - Throws: `FileError` for a path that is not there or can't be read.
  init?(of path: String) throws {
    guard path != "-" else { return nil }
    let kind = try FileStatus(path)
    guard kind.isFile || kind.isDirectory else { return nil }
    var checksum = Checksum()
    var files = [(path: path, size: kind.size)]
    if kind.isDirectory {
      let root = path.hasSuffix("/") ? String(path.dropLast()) : path
      files = try Self.files(in: root)
      for file in files {
        var name = "\(file.path.dropFirst(root.count))\n\(file.size)\n"
        name.withUTF8 { checksum.update(UnsafeRawBufferPointer($0)) }
      }
    }
    size = files.reduce(0) { $0 + $1.size }
    var blocks = Self.blocks(of: size)[...]
    var start = 0
    for file in files {
      let range = start..<start + file.size
      start = range.upperBound
      let parts = blocks.prefix { $0.lowerBound < range.upperBound }
      guard file.size > 0, !parts.isEmpty else { continue }
      let mapped = try MappedFile(file.path)
      withExtendedLifetime(mapped) {
        for part in parts.map({ $0.clamped(to: range) }) {
          let place = part.lowerBound - range.lowerBound..<part.upperBound - range.lowerBound
          checksum.update(
            UnsafeRawBufferPointer(rebasing: mapped.bytes[place.clamped(to: 0..<mapped.count)]))
        }
      }
      // A block that goes on in the next file is read on there.
      blocks = blocks.drop { $0.upperBound <= range.upperBound }
    }
    self.checksum = checksum.value
  }

  /// The blocks of so many bytes that are read, in their order.
  private static func blocks(of size: Int) -> [Range<Int>] {
    let count = (size + blockSize - 1) / blockSize
    guard count > mostBlocks else {
      return (0..<count).map { $0 * blockSize..<min(size, ($0 + 1) * blockSize) }
    }
    let (last, gaps) = (size - blockSize, mostBlocks - 1)
    return (0...gaps).map { index in
      // Apart, so that no product overflows.
      let start = last / gaps * index + last % gaps * index / gaps
      return start..<start + blockSize
    }
  }

  // MARK: - Directories

  /// The endings of the files that make a model.
  private static let modelEndings = [".safetensors", ".json", ".txt", ".model", ".bin", ".npy"]

  private static func files(in directory: String) throws -> [(path: String, size: Int)] {
    let isModel = try directoryEntries(directory).contains {
      ["config.json", "modules.json"].contains($0)
    }
    return try FileStatus.files(below: directory) { !isModel || $0 != RunDirectory.trainingName }
      .filter { path, status in
        status.isFile && (!isModel || modelEndings.contains(where: path.hasSuffix))
      }
      .map { ($0.path, $0.status.size) }
  }
}
