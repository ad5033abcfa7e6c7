import CApusKernels

/// What GloVe learns: two vectors and two biases of each word, with AdaGrad's state.
///
/// A word's vector is the sum of its two.
///
/// - Source: Pennington et al. 2014, §3 and §4.2.
public struct GloVeWeights: Sendable {
  /// [V, C], as words and as what stands around them.
  public var words, contexts: PaddedRows
  /// [V].
  public var wordBiases, contextBiases: Tensor
  /// AdaGrad's sums of squared steps, which begin at 1.
  public var wordSquares, contextSquares: PaddedRows
  public var wordBiasSquares, contextBiasSquares: Tensor

  /// Vectors and biases drawn evenly from ±1 / (2 C).
  public init(wordCount: Int, columnCount: Int, _ key: RandomKey) {
    let bound = 0.5 / Float(columnCount)
    func drawn(_ shape: [Int], _ name: String) -> Tensor {
      .uniform(shape, -bound, bound, key.split(name))
    }
    words = PaddedRows(drawn([wordCount, columnCount], "words"))
    contexts = PaddedRows(drawn([wordCount, columnCount], "contexts"))
    wordBiases = drawn([wordCount], "word biases")
    contextBiases = drawn([wordCount], "context biases")
    wordSquares = PaddedRows(rowCount: wordCount, columnCount: columnCount)
    wordSquares.values = .ones(wordSquares.values.shape)
    contextSquares = wordSquares
    wordBiasSquares = .ones([wordCount])
    contextBiasSquares = .ones([wordCount])
  }

  /// The vector of each word, [V, C].
  public var vectors: Tensor { words.rows + contexts.rows }

  /// All that is learnt and all state, by name, for checkpoints.
  public static var members: [(name: String, path: WritableKeyPath<GloVeWeights, Tensor>)] {
    [
      ("words", \.words.values), ("contexts", \.contexts.values),
      ("word_biases", \.wordBiases), ("context_biases", \.contextBiases),
      ("word_squares", \.wordSquares.values), ("context_squares", \.contextSquares.values),
      ("word_bias_squares", \.wordBiasSquares), ("context_bias_squares", \.contextBiasSquares),
    ]
  }

  /// One pass over some pairs, each in both orders: w·w̃ + b + b̃ comes nearer to ln x.
  ///
  /// Threads take parts of the pairs and update the same rows without locks.
  ///
  /// - Parameters:
  ///   - pairs: Co-occurrences.
  ///   - range: Which of them.
  ///   - rate: AdaGrad's learning rate.
  ///   - limit: Co-occurrences from here on count fully, rarer ones as (x / limit) to the `power`.
  ///   - power: The exponent.
  /// - Returns: The sum of the losses f(x)·(w·w̃ + b + b̃ − ln x)² of both orders.
  public mutating func learn(
    _ pairs: Cooccurrences, _ range: Range<Int>, rate: Float, limit: Double, power: Double
  ) -> Double {
    let count = words.values.shape[0]
    precondition(
      pairs.pairs[range].allSatisfy { $0.first >= 0 && $0.second < count },
      "GloVeWeights: expected ids in 0..<\(count)")
    for (_, path) in Self.members { self[keyPath: path].makeUnique() }
    let weights = apus_glove_weights(
      words: words.values.floats, contexts: contexts.values.floats,
      word_biases: wordBiases.floats, context_biases: contextBiases.floats,
      word_squares: wordSquares.values.floats, context_squares: contextSquares.values.floats,
      word_bias_squares: wordBiasSquares.floats, context_bias_squares: contextBiasSquares.floats,
      stride: Int64(words.values.columnCount))
    let settings = apus_glove_settings(rate: rate, limit: limit, power: power)
    defer { withExtendedLifetime(self) {} }
    return pairs.pairs[range].withUnsafeBufferPointer {
      apus_glove_pass(weights, settings, $0.baseAddress, Int64($0.count))
    }
  }
}
