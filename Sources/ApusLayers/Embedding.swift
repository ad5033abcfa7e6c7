import ApusTensors

/// A vector for each id.
///
/// - Shapes: ids [N] → [N, size]
public struct Embedding: Layer {
  public let weight: Parameter

  public init(
    count: Int, size: Int, _ initializer: Initializer = .normal(standardDeviation: 1),
    in scope: Scope
  ) {
    weight = scope.parameter("weight", [count, size], initializer, role: .table)
  }

  public func callAsFunction(_ ids: Tensor) -> Tensor { weight.value.gathered(ids) }
}
