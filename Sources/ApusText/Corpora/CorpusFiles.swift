import ApusFiles
import Glibc

/// Finds the files below a path.
enum CorpusFiles {
  /// How deep directories may be nested: a link back up the tree ends here.
  private static let deepest = 64

  static func list(_ path: String) throws -> [String] {
    if path == "-" { return [path] }
    return try list(path, depth: 0)
  }

  private static func list(_ path: String, depth: Int) throws -> [String] {
    var status = stat()
    guard stat(path, &status) == 0 else {
      throw FileError(file: path, operation: "open", code: errno)
    }
    guard status.st_mode & S_IFMT == S_IFDIR else { return [path] }
    guard depth < deepest else { throw FileError(file: path, operation: "enter", code: ELOOP) }
    let names = try directoryEntries(path)
    let parent = path.hasSuffix("/") ? String(path.dropLast()) : path
    return try names.flatMap { try list("\(parent)/\($0)", depth: depth + 1) }
  }
}
