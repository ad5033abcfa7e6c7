import ApusTensors

/// Sets elements to zero in training, each with the same probability, and scales the others up.
///
/// - Source: Srivastava et al. 2014.
public struct Dropout: Layer {
  public let rate: Float
  /// The name that the choice of elements depends on, along with seed and step.
  public let name: String

  public init(_ rate: Float, in scope: Scope) {
    precondition(rate >= 0 && rate < 1, "Dropout: expected a rate in [0, 1), got \(rate)")
    self.rate = rate
    name = scope.path
  }

  /// What is dropped, for operations that drop on their way.
  public func dropped(_ mode: Mode) -> Dropped? { mode.dropped(rate: rate, name) }

  public func callAsFunction(_ x: Tensor, _ mode: Mode) -> Tensor {
    dropped(mode).map { dropout(x, $0) } ?? x
  }
}
