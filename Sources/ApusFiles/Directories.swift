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

/// The names in a directory, hidden ones left out, in the order of their bytes.
///
/// - Throws: `FileError` if it can't be listed.
public func directoryEntries(_ path: String) throws(FileError) -> [String] {
  guard let directory = opendir(path) else {
    throw FileError(file: path, operation: "list", code: errno)
  }
  defer { closedir(directory) }
  var names: [String] = []
  while let entry = readdir(directory) {
    let name = withUnsafePointer(to: &entry.pointee.d_name) {
      $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
    }
    if !name.hasPrefix(".") { names.append(name) }
  }
  return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
}
