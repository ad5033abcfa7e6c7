import Glibc

/// Makes a directory and those above it, unless they are there.
///
/// - Throws: `FileError` naming the one that can't be made.
public func createDirectory(_ path: String) throws {
  if mkdir(path, 0o755) == 0 || errno == EEXIST { return }
  let code = errno
  guard code == ENOENT, let slash = path.dropLast().lastIndex(of: "/"), slash > path.startIndex
  else { throw FileError(file: path, operation: "create", code: code) }
  try createDirectory(String(path[..<slash]))
  guard mkdir(path, 0o755) == 0 || errno == EEXIST else {
    throw FileError(file: path, operation: "create", code: errno)
  }
}
