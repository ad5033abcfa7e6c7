import ApusTensors
import ApusText

extension WordVectors {
  /// The vectors of the words of another vocabulary: the first embeddings of an encoder.
  ///
  /// A word without a vector takes that of its lower-cased form. Rows of words with neither are drawn
  /// from a normal distribution with the mean square of all values, so that they are as long as others.
  ///
  /// - Parameters:
  ///   - vocabulary: Its ids are the rows; W of them.
  ///   - key: What rows of unknown words are drawn from.
  /// - Returns: [W, C], and how many words have a vector.
  public func embedding(
    for vocabulary: Vocabulary, _ key: RandomKey
  ) -> (table: Tensor, knownCount: Int) {
    let deviation =
      count == 0 ? 0 : (lengths.reduce(0) { $0 + $1 * $1 } / Float(count * dimension)).squareRoot()
    var table = Tensor.normal(
      [vocabulary.count, dimension], standardDeviation: deviation, key)
    var knownCount = 0
    table.mutate(as: Float.self) { rows in
      for id in 0..<vocabulary.count {
        guard let word = vocabulary.token(of: Int32(id)),
          let vector = vector(of: word) ?? vector(of: word.lowercased())
        else { continue }
        knownCount += 1
        for (column, value) in vector.enumerated() { rows[id * dimension + column] = value }
      }
    }
    return (table, knownCount)
  }
}
