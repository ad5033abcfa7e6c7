import ApusFiles
import ApusText

/// Lines that belong together, of two files or of one.
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
    for path in [source, target] { try Self.refuseJSONLines(path) }
    sources = try Self.lines(of: source)
    targets = try Self.lines(of: target)
    guard sources.count == targets.count else {
      throw InputError(
        file: target, expected: "as many lines as the \(sources.count) of \(source)",
        found: "\(targets.count)")
    }
    try requireLines(of: source)
  }

  /// Reads a file, gzip or not, or standard input for `-`, of lines of a source, a tab and its target.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - hasAlternatives: Whether more targets, each behind a tab, may follow in a line; they stay
  ///     together with their tabs.
  /// - Throws: `FileError` if it can't be read; `InputError` naming the row with another number of tabs,
  ///   and for a file without lines or of JSON lines.
  public init(tabbed path: String, hasAlternatives: Bool = false) throws {
    try Self.refuseJSONLines(path)
    var reader = try TextLines(path)
    while let line = try reader.next() {
      let fields = line.split(
        separator: "\t", maxSplits: hasAlternatives ? 1 : .max, omittingEmptySubsequences: false)
      guard fields.count == 2 else {
        throw InputError(
          file: reader.name, row: reader.row,
          expected: "a source, a tab and \(hasAlternatives ? "targets" : "its target")",
          found: fields.count == 1 ? "\"\(line.prefix(40))\"" : "\(fields.count - 1) tabs")
      }
      sources.append(String(fields[0]))
      targets.append(String(fields[1]))
    }
    try requireLines(of: reader.name)
  }

  private static func refuseJSONLines(_ path: String) throws {
    guard !LineEncoding.isJSONLines(path) else {
      throw InputError(file: path, expected: "lines of plain text", found: "JSON lines")
    }
  }

  private func requireLines(of file: String) throws {
    guard !sources.isEmpty else {
      throw InputError(file: file, expected: "at least one line", found: "none")
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
