import Glibc

/// A file that appears whole or not at all.
///
/// Bytes go to a temporary file beside the target, which is flushed to the disk and renamed over
/// the target by `commit()`. A crash, a full disk or an error before that leaves the target as it
/// was; an uncommitted temporary file is removed when the value goes away, and at signals that
/// `UnfinishedFiles` is asked to see to.
public struct AtomicFile: ~Copyable {
  public let path: String
  private let temporaryPath: String
  private var descriptor: Int32
  private let slot: Int?
  /// The number of bytes written so far.
  public private(set) var count = 0

  /// Opens a temporary file beside `path`.
  ///
  /// - Throws: `FileError` if the directory can't be written to.
  public init(_ path: String) throws {
    self.path = path
    temporaryPath = "\(path).\(getpid()).partial"
    slot = UnfinishedFiles.add(temporaryPath)
    descriptor = open(temporaryPath, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      let code = errno
      slot.map(UnfinishedFiles.remove)
      throw FileError(file: path, operation: "create", code: code)
    }
  }

  deinit {
    guard descriptor >= 0 else { return }
    close(descriptor)
    unlink(temporaryPath)
    slot.map(UnfinishedFiles.remove)
  }

  /// Appends bytes.
  ///
  /// - Throws: `FileError` when the system does not take them all (a full disk, a quota).
  public mutating func write(_ bytes: UnsafeRawBufferPointer) throws {
    guard var next = bytes.baseAddress else { return }
    var left = bytes.count
    while left > 0 {
      let written = Glibc.write(descriptor, next, left)
      if written < 0 {
        if errno == EINTR { continue }
        throw FileError(file: path, operation: "write", code: errno)
      }
      next += written
      left -= written
      count += written
    }
  }

  public mutating func write(_ bytes: [UInt8]) throws {
    try bytes.withUnsafeBytes { try write($0) }
  }

  public mutating func write(_ text: String) throws {
    var text = text
    try text.withUTF8 { try write(UnsafeRawBufferPointer($0)) }
  }

  /// Overwrites bytes that were written before, for headers known only at the end.
  public mutating func overwrite(at offset: Int, _ bytes: UnsafeRawBufferPointer) throws {
    precondition(offset + bytes.count <= count, "AtomicFile.overwrite: beyond the end")
    guard pwrite(descriptor, bytes.baseAddress, bytes.count, offset) == bytes.count else {
      throw FileError(file: path, operation: "write", code: errno)
    }
  }

  /// Flushes the bytes to the disk and gives the file its name.
  public consuming func commit() throws {
    guard fsync(descriptor) == 0 else {
      throw FileError(file: path, operation: "flush", code: errno)
    }
    guard rename(temporaryPath, path) == 0 else {
      throw FileError(file: path, operation: "rename", code: errno)
    }
    slot.map(UnfinishedFiles.remove)
    close(descriptor)
    descriptor = -1
    try syncDirectory(of: path)
  }
}

/// Writes a whole text as an atomic file.
public func writeAtomically(_ text: String, to path: String) throws {
  var file = try AtomicFile(path)
  try file.write(text)
  try file.commit()
}

/// Makes a rename in the directory of `path` survive a power failure.
private func syncDirectory(of path: String) throws {
  let directory = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
  let descriptor = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
  guard descriptor >= 0 else {
    throw FileError(file: directory, operation: "open", code: errno)
  }
  fsync(descriptor)
  close(descriptor)
}
