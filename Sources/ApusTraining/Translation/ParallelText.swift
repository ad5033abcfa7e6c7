import ApusFiles
import ApusText

/// Lines of two files that belong together.
public struct ParallelText: Sendable {
  public private(set) var sources: [String] = []
  public private(set) var targets: [String] = []

  /// Reads two files, gzip or not, or standard input for `-`.
  ///
  /// Empty lines are texts without tokens.
  ///
  /// - Throws: `FileError` if one can't be read; `InputError` naming both numbers of lines if they
  ///   differ, and for files without lines or of JSON lines.
  public init(source: String, target: String) throws {
    for path in [source, target] where LineEncoding.isJSONLines(path) {
      throw InputError(file: path, expected: "lines of plain text", found: "JSON lines")
    }
    sources = try Self.lines(of: source)
    targets = try Self.lines(of: target)
    guard sources.count == targets.count else {
      throw InputError(
        file: target, expected: "as many lines as the \(sources.count) of \(source)",
        found: "\(targets.count)")
    }
    guard !sources.isEmpty else {
      throw InputError(file: source, expected: "at least one line", found: "none")
    }
  }

  public var count: Int { sources.count }

  /// The lines of a file.
  public static func lines(of path: String) throws -> [String] {
    var lines: [String] = []
    var reader = try TextLines(path)
    while let line = try reader.next() { lines.append(line) }
    return lines
  }
}
