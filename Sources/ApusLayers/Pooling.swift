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
    case .first: states.firsts.converted(to: .float32)
    case .last: states.lasts.converted(to: .float32)
    case .mean: states.means
    case .max: states.maxima.converted(to: .float32)
    case .meanSquareRootLength: states.rootLengthMeans
    }
  }
}
