import ApusTensors

/// How the states of a sequence become one vector.
///
/// - Shapes: [N, C] over B sequences of at least one element → [B, C], Float32.
public enum Pooling: String, Sendable, Hashable, CaseIterable {
  /// The mean of all states.
  case mean
  /// The state of the first token, which encoders like BERT train as a summary.
  case first
  /// The greatest value of each channel.
  case max
  /// The state of the last token, the only one of a causal model that has seen all others.
  case last
  /// The sum of all states over the square root of their number.
  case meanSquareRootLength = "mean-sqrt-length"

  public func callAsFunction(_ states: Sequences) -> Tensor {
    switch self {
    case .first: return states.firsts.converted(to: .float32)
    case .last: return states.lasts.converted(to: .float32)
    case .mean: return ofEach(states) { $0.mean(axis: 0, keepsAxis: true) }
    case .max: return ofEach(states) { $0.max(axis: 0, keepsAxis: true).values }
    case .meanSquareRootLength:
      return ofEach(states) {
        $0.sum(axis: 0, keepsAxis: true) * Tensor(1 / Float($0.rowCount).squareRoot())
      }
    }
  }

  private func ofEach(_ states: Sequences, _ pool: (Tensor) -> Tensor) -> Tensor {
    let ranges = zip(states.offsets, states.offsets.dropFirst())
    let pooled = ranges.map { pool(states.values.rows($0..<$1)).converted(to: .float32) }
    return pooled.isEmpty ? .zeros([0, states.values.columnCount]) : concatenated(pooled)
  }
}
