import ApusFiles
import Glibc

/// A file that grows at its end; what is appended reaches the system at once.
///
/// What was appended before a process is killed is kept; the last piece may be torn.
final class AppendedFile {
  let path: String
  private let descriptor: Int32

  /// Opens a file, made if there is none, and cuts it to its first bytes.
  ///
  /// - Parameters:
  ///   - path: Its path.
  ///   - count: The bytes to keep of what the file holds.
  /// - Throws: `FileError` if the system refuses.
  init(_ path: String, keeping count: Int = 0) throws {
    self.path = path
    descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw FileError(file: path, operation: "open", code: errno) }
    // From here on deinit closes the file, whatever is thrown.
    guard ftruncate(descriptor, count) == 0 else {
      throw FileError(file: path, operation: "shorten", code: errno)
    }
  }

  deinit { close(descriptor) }

  func append(_ bytes: [UInt8]) throws {
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes {
        write(descriptor, $0.baseAddress.map { $0 + written }, bytes.count - written)
      }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw FileError(file: path, operation: "write", code: errno) }
      written += count
    }
  }
}
