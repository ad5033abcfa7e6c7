import ApusFiles
import Glibc

/// The lines of a text file, each with its number from 1; empty ones are left out.
struct ManifestLines {
  /// No list of utterances is larger, but a file of something else may be.
  private static let largest = 1 << 30
  /// The byte order mark, as spreadsheets write it.
  private static let mark: [UInt8] = [0xEF, 0xBB, 0xBF]

  let file: String
  let lines: [(row: Int, text: Substring)]

  /// Reads a whole file, plain or under gzip.
  ///
  /// - Parameter path: A path, or `-` for standard input.
  /// - Throws: `FileError`; `InputError` if it is no UTF-8 or larger than any manifest.
  init(_ path: String) throws {
    let reader = try ByteReader(path)
    file = reader.name
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while case let count = try buffer.withUnsafeMutableBytes({ try reader.read(into: $0) }),
      count > 0
    {
      bytes += buffer[..<count]
      guard bytes.count <= Self.largest else {
        throw InputError(
          file: file, expected: "a manifest of at most \(Self.largest) bytes", found: "more")
      }
    }
    if bytes.starts(with: Self.mark) { bytes.removeFirst(Self.mark.count) }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw InputError(file: file, expected: "UTF-8", found: "other bytes")
    }
    lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
      .enumerated().compactMap { index, line in
        line.allSatisfy(\.isWhitespace) ? nil : (index + 1, line)
      }
  }

  /// The first line that is not empty; nil if there is none, or no text.
  static func first(of path: String) throws -> Substring? {
    let reader = try ByteReader(path)
    var bytes = [UInt8](repeating: 0, count: 1 << 16)
    var count = 0
    while count < bytes.count,
      case let more = try bytes.withUnsafeMutableBytes({
        try reader.read(into: UnsafeMutableRawBufferPointer(rebasing: $0[count...]))
      }), more > 0
    {
      count += more
    }
    guard !bytes[..<count].contains(0) else { return nil }
    let text = bytes[..<count].dropFirst(bytes.starts(with: mark) ? mark.count : 0)
    return String(decoding: text, as: UTF8.self).split(whereSeparator: \.isNewline)
      .first { !$0.allSatisfy(\.isWhitespace) }
  }

  func error(row: Int, expected: String, found: some StringProtocol) -> InputError {
    InputError(file: file, row: row, expected: expected, found: "\"\(found.prefix(40))\"")
  }

  /// Each line's first word and what follows it.
  func pairs() throws -> [(row: Int, key: String, value: String)] {
    try lines.map { row, text in
      let parts = text.split(maxSplits: 1, whereSeparator: \.isWhitespace)
      guard let key = parts.first else {
        throw error(row: row, expected: "a name", found: text)
      }
      let value = parts.count > 1 ? parts[1].trimmed : ""
      return (row, String(key), value)
    }
  }
}

extension StringProtocol {
  /// Without white space at its ends.
  var trimmed: String {
    var rest = self[...]
    while rest.first?.isWhitespace == true { rest = rest.dropFirst() }
    while rest.last?.isWhitespace == true { rest = rest.dropLast() }
    return String(rest)
  }
}

/// Paths in manifests.
enum ManifestPath {
  /// The directory that a file is in.
  static func directory(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// The last part of a path.
  static func name(of path: String) -> String {
    String(path.split(separator: "/").last ?? Substring(path))
  }

  /// The name of a file without its ending.
  static func stem(of path: String) -> String {
    let name = name(of: path)
    guard let dot = name.lastIndex(of: "."), dot > name.startIndex else { return name }
    return String(name[..<dot])
  }

  /// A path as it is, if absolute, or below a directory.
  static func joined(_ directory: String, _ path: String) -> String {
    if path.hasPrefix("/") { return path }
    if directory == "." { return path }
    return directory.hasSuffix("/") ? directory + path : "\(directory)/\(path)"
  }

  /// A path as seen from a directory: relative where the file is below it, otherwise absolute.
  static func relative(_ path: String, to directory: String) -> String {
    let (path, directory) = (absolute(path), absolute(directory))
    let prefix = directory.hasSuffix("/") ? directory : directory + "/"
    return path.hasPrefix(prefix) ? String(path.dropFirst(prefix.count)) : path
  }

  /// A path that does not depend on the working directory.
  private static func absolute(_ path: String) -> String {
    guard !path.hasPrefix("/"), let working = getcwd(nil, 0) else { return path }
    defer { free(working) }
    let directory = String(cString: working)
    var rest = Substring(path)
    while rest.hasPrefix("./") { rest = rest.dropFirst(2) }
    return rest.isEmpty || rest == "." ? directory : joined(directory, String(rest))
  }
}
