import ApusFiles

/// The lines of two files that say something of each other, in step.
struct PairedLines {
  private(set) var first, second: TextLines

  init(_ first: String, _ second: String) throws {
    self.first = try TextLines(first)
    self.second = try TextLines(second)
  }

  /// The next line of each; nil behind the last.
  ///
  /// - Throws: `InputError` with the lines of both where one file ends before the other.
  mutating func next() throws -> (first: String, second: String)? {
    let (line, other) = (try first.next(), try second.next())
    if let line, let other { return (line, other) }
    guard line == nil, other == nil else {
      while try first.next() != nil {}
      while try second.next() != nil {}
      throw InputError(
        file: second.name, expected: "\(first.row) lines, as many as in \(first.name)",
        found: "\(second.row)")
    }
    return nil
  }
}
