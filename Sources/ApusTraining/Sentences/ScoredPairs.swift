/// Pairs of texts with a score of how alike they are, such as those of the STS benchmark.
public struct ScoredPairs: Sendable {
  public let first, second: [String]
  public let scores: [Double]

  /// Reads a table.
  ///
  /// - Parameters:
  ///   - path: CSV, TSV or JSON lines, with sentence1, sentence2 and score, or other names.
  ///   - columns: The three columns, by name or number; empty takes customary names, or of columns
  ///     without names the first three.
  /// - Throws: `FileError`; `InputError` naming the row that can't be used.
  public init(_ path: String, columns: [String] = []) throws {
    let rows = try SentenceRows(
      path, columns: columns, .scored, SentenceRecipe(loss: .cosent))
    first = rows.texts.map { $0[0] }
    second = rows.texts.map { $0[1] }
    scores = rows.targets.map(Double.init)
  }
}
