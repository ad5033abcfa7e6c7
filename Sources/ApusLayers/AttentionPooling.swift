import ApusTensors

/// The mean of a sequence's states, each weighted by how well it fits a learnt vector; zeros for a
/// sequence without elements.
///
/// - Shapes: [N, C] over B sequences → [B, C], Float32
/// - Source: Yang et al. 2016, §2.2.
public struct AttentionPooling: Layer {
  private let key: Linear
  private let context: Parameter

  public init(_ size: Int, in scope: Scope) {
    key = Linear(size, size, in: scope / "key")
    context = scope.parameter("context", [size], .uniform(1 / Float(size).squareRoot()))
  }

  public func callAsFunction(_ states: Sequences) -> Tensor {
    let keys = states.map { key($0) }
    // Nothing but the keys decides: one query of zeros for each sequence.
    let queries = Sequences(
      .zeros([states.count, keys.values.columnCount], keys.values.type),
      lengths: Array(repeating: 1, count: states.count))
    return additiveAttention(queries, keys: keys, values: states.values, context.value)
      .context.values.converted(to: .float32)
  }
}
