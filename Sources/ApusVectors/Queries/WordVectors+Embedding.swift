import ApusTensors
import ApusText

extension WordVectors {
  /// The vectors of the tokens of a tokenizer: the first embeddings of an encoder.
  ///
  /// A token without a vector takes that of its lower-cased form, then the mean of its subwords' vectors.
  /// Rows of tokens with none of them, of special ones and of that for unknown words are drawn from a
  /// normal distribution with the mean square of all values, so that they are as long as others.
  ///
  /// - Parameters:
  ///   - tokenizer: Its ids are the rows; W of them.
  ///   - key: What rows of unknown words are drawn from.
  /// - Returns: [W, C], and how many tokens have a vector.
  public func embedding(
    for tokenizer: Tokenizer, _ key: RandomKey
  ) -> (table: Tensor, knownCount: Int) {
    let deviation =
      count == 0 ? 0 : (lengths.reduce(0) { $0 + $1 * $1 } / Float(count * dimension)).squareRoot()
    var table = Tensor.normal(
      [tokenizer.vocabularySize, dimension], standardDeviation: deviation, key)
    let idsWithoutText = tokenizer.idsWithoutText
    var knownCount = 0
    table.mutate(as: Float.self) { rows in
      for id in 0..<tokenizer.vocabularySize where !idsWithoutText.contains(Int32(id)) {
        guard let word = tokenizer.token(of: Int32(id)), let vector = vectorInAnyCase(of: word)
        else { continue }
        knownCount += 1
        for (column, value) in vector.enumerated() { rows[id * dimension + column] = value }
      }
    }
    return (table, knownCount)
  }
}
