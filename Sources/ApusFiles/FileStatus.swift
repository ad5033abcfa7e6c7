import Glibc

/// What the system says of a path, links followed.
public struct FileStatus: Sendable {
  public let isFile, isDirectory: Bool
  /// In bytes.
  public let size: Int
  /// Which file of which device it is, by whatever path.
  private let identity: [UInt]

  /// - Throws: `FileError` for a path that is not there or can't be looked at.
  public init(_ path: String) throws(FileError) {
    var status = stat()
    guard stat(path, &status) == 0 else {
      throw FileError(file: path, operation: "open", code: errno)
    }
    isFile = status.st_mode & S_IFMT == S_IFREG
    isDirectory = status.st_mode & S_IFMT == S_IFDIR
    size = Int(status.st_size)
    identity = [UInt(status.st_dev), UInt(status.st_ino)]
  }

  public static func isFile(_ path: String) -> Bool { (try? FileStatus(path))?.isFile == true }

  public static func isDirectory(_ path: String) -> Bool {
    (try? FileStatus(path))?.isDirectory == true
  }

  /// What is in a directory and the directories in it, but for these and for hidden names, in the order
  /// of the bytes of names.
  ///
  /// - Parameters:
  ///   - directory: Its path.
  ///   - enters: Whether a directory of a name is looked into.
  /// - Returns: Paths below that of the directory.
  /// - Throws: `FileError` for what can't be listed, or a link back up the tree.
  public static func files(
    below directory: String, entering enters: (_ name: String) -> Bool = { _ in true }
  ) throws(FileError) -> [(path: String, status: FileStatus)] {
    try files(below: directory, inside: [FileStatus(directory).identity], enters)
  }

  private static func files(
    below directory: String, inside outer: [[UInt]], _ enters: (String) -> Bool
  ) throws(FileError) -> [(path: String, status: FileStatus)] {
    let parent = directory.hasSuffix("/") ? String(directory.dropLast()) : directory
    var files: [(path: String, status: FileStatus)] = []
    for name in try directoryEntries(directory) {
      let path = "\(parent)/\(name)"
      let status = try FileStatus(path)
      guard status.isDirectory else {
        files.append((path, status))
        continue
      }
      guard enters(name) else { continue }
      guard !outer.contains(status.identity) else {
        throw FileError(file: path, operation: "enter", code: ELOOP)
      }
      files += try self.files(below: path, inside: outer + [status.identity], enters)
    }
    return files
  }
}
