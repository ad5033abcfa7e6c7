import ApusTensors

/// Multi-head attention of the elements of a decoder to those of an encoder, then a linear map.
///
/// - Shapes: [N, C] seeing [M, C] → [N, C]
/// - Source: Vaswani et al. 2017, §3.2.3.
public struct CrossAttention: Layer {
  let query, keyValue, output: Linear
  let headCount: Int
  let dropout: Dropout

  /// Composes attention from its parts.
  ///
  /// - Parameters:
  ///   - query: C channels to C.
  ///   - keyValue: C channels to 2C, stacked as keys, values.
  ///   - output: C channels to C.
  ///   - headCount: Heads; C is a multiple of it.
  ///   - dropout: For the probabilities.
  public init(query: Linear, keyValue: Linear, output: Linear, headCount: Int, dropout: Dropout) {
    self.query = query
    self.keyValue = keyValue
    self.output = output
    self.headCount = headCount
    self.dropout = dropout
  }

  /// The keys and values of what is seen, once for all queries.
  public func keysValues(_ memory: Sequences, _ mode: Mode) -> Sequences {
    memory.map { keyValue($0, mode) }
  }

  /// What each element gets from those that it sees.
  ///
  /// - Parameters:
  ///   - x: What sees.
  ///   - keysValues: Those of what is seen.
  ///   - sources: The sequence that each of `x` sees; that of the same number if it is left out.
  ///   - mode: How the layer runs.
  /// - Returns: A row an element of `x`.
  public func callAsFunction(
    _ x: Sequences, seeing keysValues: Sequences, of sources: [Int]? = nil, _ mode: Mode
  ) -> Sequences {
    attention(
      x.map { query($0, mode) }, to: keysValues, of: sources, headCount: headCount,
      dropout: dropout.dropped(mode)
    ).map { output($0, mode) }
  }

  /// The weights of what is seen, the mean over heads.
  public func weights(
    _ x: Sequences, seeing keysValues: Sequences, of sources: [Int]? = nil, _ mode: Mode
  ) -> [Tensor] {
    attentionWeights(
      x.map { query($0, mode) }, to: keysValues, of: sources, headCount: headCount)
  }
}
