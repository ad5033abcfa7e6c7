import ApusFiles
import Glibc

/// The right to write into a run directory, held by one process at a time.
///
/// The kernel takes it back when the holder ends, however it ends. The file stays: removing it would
/// let two processes lock two files of one name.
public final class RunLock {
  private let descriptor: Int32

  /// Takes the lock of a directory.
  ///
  /// - Throws: `InputError` with the process that holds it, `FileError` if the directory can't be
  ///   written to.
  public init(directory: String) throws {
    let path = "\(directory)/run.lock"
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw FileError(file: path, operation: "open", code: errno) }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let code = errno
      // deinit closes the file, whatever is thrown.
      let holder = Self.holder(descriptor)
      guard code == EWOULDBLOCK else { throw FileError(file: path, operation: "lock", code: code) }
      throw InputError(
        file: directory, expected: "a run directory that no other process writes to",
        found: "one in use by \(holder)")
    }
    let text = Array("\(getpid())\n".utf8)
    guard ftruncate(descriptor, 0) == 0, pwrite(descriptor, text, text.count, 0) == text.count
    else { throw FileError(file: path, operation: "write", code: errno) }
  }

  deinit { close(descriptor) }

  private static func holder(_ descriptor: Int32) -> String {
    var bytes = [UInt8](repeating: 0, count: 20)
    let count = max(0, pread(descriptor, &bytes, bytes.count, 0))
    let line = bytes.prefix(count).prefix { $0 != UInt8(ascii: "\n") }
    guard let process = Int32(String(decoding: line, as: UTF8.self)) else {
      return "another process"
    }
    return "process \(process)"
  }
}
