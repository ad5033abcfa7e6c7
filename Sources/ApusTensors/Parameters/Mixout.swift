/// Weights some of which are set back to those of another model, the rest moved away from them so that
/// the expectation stays.
///
/// That is dropout of the difference between the two.
///
/// - Source: Lee et al. 2020.
public struct Mixout: Reparametrization {
  private let source: Tensor
  private let dropped: Dropped

  /// - Parameters:
  ///   - source: The weights of the other model.
  ///   - dropped: Which weights are set back.
  public init(source: Tensor, _ dropped: Dropped) {
    self.source = source
    self.dropped = dropped
  }

  public func weights(from stored: Tensor) -> Tensor { source + dropout(stored - source, dropped) }
}
