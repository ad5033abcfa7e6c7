import ApusTensors

/// Dropout of the elements of sequences, each for itself or locked: then a sequence drops the same
/// channels at every element.
///
/// - Source: locked: Gal & Ghahramani 2016.
public struct SequenceDropout: Layer {
  private let dropout: Dropout
  private let isLocked: Bool

  public init(_ rate: Float, isLocked: Bool, in scope: Scope) {
    dropout = Dropout(rate, in: scope)
    self.isLocked = isLocked
  }

  public func callAsFunction(_ x: Sequences, _ mode: Mode) -> Sequences {
    guard isLocked else { return x.map { dropout($0, mode) } }
    guard let dropped = dropout.dropped(mode) else { return x }
    let mask = ApusTensors.dropout(.filled(1, [x.count, x.values.columnCount]), dropped)
    return x.map { $0 * mask.converted(to: $0.type).gathered(x.sequenceIndices) }
  }
}

/// Dropout of whole tokens: all that are of one type in a batch are dropped or kept together.
///
/// - Source: Gal & Ghahramani 2016, §4.1; Merity et al. 2018, §4.3.
public struct TokenDropout: Layer {
  private let dropout: Dropout

  public init(_ rate: Float, in scope: Scope) { dropout = Dropout(rate, in: scope) }

  /// Drops the rows of embeddings by their ids, which are below a vocabulary's size.
  ///
  /// - Shapes: [N, C] → [N, C]
  public func callAsFunction(
    _ embedded: Sequences, ids: Tensor, vocabularySize: Int, _ mode: Mode
  ) -> Sequences {
    guard let dropped = dropout.dropped(mode) else { return embedded }
    let mask = ApusTensors.dropout(.filled(1, [vocabularySize, 1]), dropped)
    return embedded.map { $0 * mask.converted(to: $0.type).gathered(ids) }
  }
}
