import ApusFiles
import Glibc

/// The standard output of the program.
enum Output {
  /// Writes bytes now.
  ///
  /// - Throws: `FileError` if the system does not take them, as with a full disk.
  static func write(_ bytes: UnsafeRawBufferPointer) throws {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = Glibc.write(
        STDOUT_FILENO, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
      if count < 0 {
        if errno == EINTR { continue }
        throw failure
      }
      rest = rest.dropFirst(count)
    }
  }

  /// Prints a value as indented JSON.
  static func print(_ json: JSONValue) { Swift.print(json.text) }

  /// Hands what was printed to the system.
  ///
  /// - Throws: `FileError` if it does not take it.
  static func flush() throws {
    guard fflush(nil) == 0 else { throw failure }
  }

  private static var failure: FileError {
    FileError(file: "standard output", operation: "write", code: errno)
  }
}

/// Refuses a path that no file can be written to, before hours of work are spent on its contents.
func requireWritable(_ path: String) throws {
  if FileStatus.isDirectory(path) {
    throw FileError(file: path, operation: "write", code: EISDIR)
  }
  _ = try AtomicFile(path)
}

/// Says that lines of a file had something in them that is not UTF-8.
func warnOfRepairs(_ count: Int, in path: String) {
  guard count > 0 else { return }
  warn("\(path): \(Quantities.count(count, "line")) with bytes that are not UTF-8, read as U+FFFD")
}

/// Writes a line to standard error that does not end the program.
func warn(_ text: String) {
  let line = Array("Warning: \(text)\n".utf8)
  write(STDERR_FILENO, line, line.count)
}
