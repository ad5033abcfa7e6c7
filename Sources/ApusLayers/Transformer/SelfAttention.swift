import ApusTensors

/// Multi-head attention of each element to its sequence, then a linear map.
///
/// - Shapes: [N, C] → [N, C] over B sequences.
/// - Source: Vaswani et al. 2017, §3.2.2.
public struct SelfAttention: Layer {
  /// How keys and queries are turned before they meet.
  public struct Rotation: Sendable {
    /// The ratio of the slowest angle's period to the fastest's.
    public let base: Float

    public init(base: Float = 10_000) { self.base = base }
  }

  let queryKeyValue, output: Linear
  let headCount: Int
  let isCausal: Bool
  let rotation: Rotation?
  let dropout: Dropout

  /// Composes attention from its parts.
  ///
  /// - Parameters:
  ///   - queryKeyValue: C channels to 3C, stacked as queries, keys, values.
  ///   - output: C channels to C.
  ///   - headCount: Heads; C is a multiple of it.
  ///   - isCausal: Whether an element sees only itself and what is before it.
  ///   - rotation: Nil if queries and keys meet as they are.
  ///   - dropout: For the probabilities.
  public init(
    queryKeyValue: Linear, output: Linear, headCount: Int, isCausal: Bool,
    rotation: Rotation? = nil, dropout: Dropout
  ) {
    self.queryKeyValue = queryKeyValue
    self.output = output
    self.headCount = headCount
    self.isCausal = isCausal
    self.rotation = rotation
    self.dropout = dropout
  }

  public func callAsFunction(_ x: Sequences, _ mode: Mode) -> Sequences {
    let stacked = rotated(x.map { queryKeyValue($0, mode) }, positions: x.positions)
    return attention(
      stacked, headCount: headCount, isCausal: isCausal, dropout: dropout.dropped(mode)
    ).map { output($0, mode) }
  }

  /// Attention of new elements to themselves and to those in the cache, which takes them up.
  ///
  /// An empty cache takes whole sequences; after that, one element of each sequence at a time.
  public func callAsFunction(
    _ x: Sequences, extending cache: inout KeyValueCache, _ mode: Mode
  ) -> Sequences {
    precondition(isCausal, "SelfAttention: expected causal attention where keys are cached")
    let stacked = rotated(x.map { queryKeyValue($0, mode) }, positions: cache.positions(of: x))
    let isFirst = cache.isEmpty
    cache.append(stacked)
    let attended =
      isFirst
      ? attention(stacked, headCount: headCount, isCausal: true)
      : stacked.map { attention($0, cache: cache) }
    return attended.map { output($0, mode) }
  }

  private func rotated(
    _ stacked: Sequences, positions: @autoclosure () -> Tensor
  ) -> Sequences {
    guard let rotation else { return stacked }
    return ApusTensors.rotated(
      stacked, headCount: headCount, base: rotation.base, positions: positions())
  }
}
