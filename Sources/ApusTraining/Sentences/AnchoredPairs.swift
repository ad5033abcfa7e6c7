import ApusFiles

/// Anchors, each with a text that is to be near it.
public struct AnchoredPairs: Sendable {
  public let pairs: [(anchor: String, positive: String)]

  /// Reads a table.
  ///
  /// - Parameters:
  ///   - path: CSV, TSV or JSON lines, with anchor and positive, or other names.
  ///   - columns: The two columns, by name or number; empty takes customary names, or of columns
  ///     without names the first two.
  /// - Throws: `FileError`; `InputError` naming the row that can't be used.
  public init(_ path: String, columns: [String] = []) throws {
    let rows = try SentenceRows(path, columns: columns, .ranked, SentenceRecipe(loss: .ranking))
    pairs = rows.texts.map { ($0[0], $0[1]) }
  }
}
