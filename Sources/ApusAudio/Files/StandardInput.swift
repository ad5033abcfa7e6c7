import ApusFiles
import CSndFile
import Glibc

/// Standard input as a descriptor that audio can be read from.
enum StandardInput {
  /// Makes standard input one that libsndfile can read.
  ///
  /// - Parameter isRaw: Whether the samples have no header, so that every pipe will do.
  /// - Returns: A duplicate of standard input, or of a temporary file with what it holds, where that
  ///   is no audio that libsndfile reads from a pipe as it comes.
  /// - Throws: `FileError` if there is no place for the file.
  static func descriptor(isRaw: Bool) throws -> Int32 {
    guard isRaw || lseek(STDIN_FILENO, 0, SEEK_CUR) >= 0 || holdsStream else { return try copied() }
    let descriptor = dup(STDIN_FILENO)
    guard descriptor >= 0 else {
      throw FileError(file: "standard input", operation: "open", code: errno)
    }
    return descriptor
  }

  /// Looks at the first bytes of a pipe without taking them out of it: whether they are those of WAV,
  /// AIFF, AU or Ogg.
  private static var holdsStream: Bool {
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { return false }
    defer { for end in ends { close(end) } }
    // Fails where standard input is no pipe.
    let copied = tee(STDIN_FILENO, ends[1], 4, 0)
    guard copied == 4 else { return false }
    var bytes = [UInt8](repeating: 0, count: 4)
    guard read(ends[0], &bytes, 4) == 4 else { return false }
    return ["RIFF", "FORM", ".snd", "OggS"].contains { bytes.elementsEqual($0.utf8) }
  }

  /// What standard input holds, in a file without a name.
  private static func copied() throws -> Int32 {
    let directory = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = Array("\(directory)/apus-XXXXXX".utf8CString)
    let descriptor = mkstemp(&template)
    guard descriptor >= 0 else {
      throw FileError(file: directory, operation: "create a file in", code: errno)
    }
    unlink(template)
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = read(STDIN_FILENO, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { break }
      guard write(descriptor, buffer, count) == count else {
        let code = errno
        close(descriptor)
        throw FileError(file: directory, operation: "write to", code: code)
      }
    }
    lseek(descriptor, 0, SEEK_SET)
    return descriptor
  }
}
