/// Weights with something added to them that does not learn.
public struct Displacement: Reparametrization {
  private let displacement: Tensor

  public init(by displacement: Tensor) { self.displacement = displacement.detached }

  public func weights(from stored: Tensor) -> Tensor { stored + displacement }
}
