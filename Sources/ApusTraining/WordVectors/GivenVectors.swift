import ApusFiles
import ApusTensors
import ApusText
import ApusVectors

/// Vectors of words that a model starts from.
public struct GivenVectors: Sendable {
  public let path: String
  private let vectors: WordVectors

  /// Reads vectors in any format that `WordVectors` reads.
  ///
  /// - Throws: `FileError`; `InputError` for vectors that can't be used.
  public init(_ path: String) throws {
    self.path = path
    vectors = try WordVectors(contentsOf: path)
  }

  /// The table of an embedding, and a report of how many words have a vector.
  ///
  /// - Parameters:
  ///   - words: That of each row; nil for rows that stand for no word.
  ///   - size: The values of a row.
  ///   - name: What sets the size in the recipe.
  ///   - key: What other rows are drawn from.
  ///   - report: Told how many words were found.
  /// - Returns: [words, size].
  /// - Throws: `InputError` naming both sizes where they differ.
  func table(
    of words: [String?], size: Int, as name: String, _ key: RandomKey, _ report: (String) -> Void
  ) throws(InputError) -> Tensor {
    guard vectors.dimension == size else {
      throw InputError(
        file: path, expected: "vectors of \(size) values, as \(name) says",
        found: "\(vectors.dimension)")
    }
    let (table, knownCount) = vectors.embedding(of: words, key)
    let count = words.count { $0 != nil }
    report("\(knownCount) of \(count) words have a vector in \(path)")
    return table
  }
}

extension StartingPoint {
  /// An embedding of tokens that starts from vectors, if any are given.
  ///
  /// - Parameters:
  ///   - vectors: The vectors.
  ///   - tokenizer: Whose ids are the rows.
  ///   - rowCount: The rows of the table; nil for as many as the tokenizer has ids.
  ///   - size: The values of a row, and what sets them in the recipe.
  ///   - table: The name of the table.
  ///   - isFrozen: Whether the table stays as it is.
  ///   - seed: What rows without a vector are drawn from.
  ///   - report: Told how many words were found.
  /// - Throws: `InputError` naming both sizes where they differ.
  init(
    _ vectors: GivenVectors?, of tokenizer: Tokenizer, rowCount: Int?,
    size: (value: Int, name: String), in table: String, isFrozen: Bool, seed: UInt64,
    _ report: (String) -> Void
  ) throws(InputError) {
    self.init(frozen: isFrozen ? [NamePattern(table)] : [])
    guard let vectors else { return }
    let words = tokenizer.words
    let spare = max(0, (rowCount ?? 0) - words.count)
    values[table] = try vectors.table(
      of: words + repeatElement(nil, count: spare), size: size.value, as: size.name,
      RandomKey(seed: seed, name: table), report)
  }
}
