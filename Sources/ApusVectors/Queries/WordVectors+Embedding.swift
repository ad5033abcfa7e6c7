import ApusTensors
import ApusText

extension WordVectors {
  /// The vectors of the tokens of a tokenizer: the first embeddings of an encoder.
  ///
  /// - Parameters:
  ///   - tokenizer: Its ids are the rows; W of them.
  ///   - key: What rows of unknown words are drawn from.
  /// - Returns: [W, C], and how many tokens have a vector.
  public func embedding(
    for tokenizer: Tokenizer, _ key: RandomKey
  ) -> (table: Tensor, knownCount: Int) {
    embedding(of: tokenizer.words, key)
  }

  /// The vectors of words: the first embeddings of an encoder.
  ///
  /// A word without a vector takes that of itself in another case, then the mean of its subwords' vectors.
  /// Rows of words with none of them, and rows without a word, are drawn from a normal distribution with
  /// the mean square of all values, so that they are as long as others.
  ///
  /// - Parameters:
  ///   - words: That of each of the W rows; nil for rows that stand for no word.
  ///   - key: What rows of unknown words are drawn from.
  /// - Returns: [W, C], and how many words have a vector.
  public func embedding(
    of words: [String?], _ key: RandomKey
  ) -> (table: Tensor, knownCount: Int) {
    let deviation =
      count == 0 ? 0 : (lengths.reduce(0) { $0 + $1 * $1 } / Float(count * dimension)).squareRoot()
    var table = Tensor.normal([words.count, dimension], standardDeviation: deviation, key)
    var knownCount = 0
    table.mutate(as: Float.self) { rows in
      for (row, word) in words.enumerated() {
        guard let word, let vector = vectorInAnyCase(of: word) else { continue }
        knownCount += 1
        for (column, value) in vector.enumerated() { rows[row * dimension + column] = value }
      }
    }
    return (table, knownCount)
  }
}
