import ApusTensors

/// What goes from block to block of a Transformer.
///
/// Pre-norm blocks have a running sum; what a layer adds to it waits until the next norm, which
/// drops, sums and normalises in one pass. Post-norm blocks have the normalised sum alone.
struct ResidualStream {
  private var sum: Tensor
  private var delta: Tensor?
  private var dropped: Dropped?

  init(_ sum: Tensor) { self.sum = sum }

  /// Pre-norm sums are Float32 in both precisions: they collect small contributions of many layers.
  init(_ x: Tensor, of placement: NormPlacement, _ mode: Mode) {
    self.init(x.converted(to: placement == .pre ? .float32 : mode.scalarType))
  }

  /// The sum with what waits to be added.
  var total: Tensor {
    guard let delta else { return sum }
    return sum + (dropped.map { dropout(delta, $0) } ?? delta)
  }

  /// The sum, where nothing waits to be added.
  var values: Tensor {
    precondition(delta == nil, "ResidualStream: expected a norm before the sum is read")
    return sum
  }

  /// Adds the output of a layer, some of it dropped.
  mutating func add(_ delta: Tensor, dropping dropped: Dropped?) {
    precondition(self.delta == nil, "ResidualStream: expected a norm between two additions")
    self.delta = delta
    self.dropped = dropped
  }

  /// The normalised sum.
  mutating func normalized(by norm: LayerNorm, _ mode: Mode) -> Tensor {
    guard let delta = delta.take() else { return norm(sum, mode) }
    let result = norm(sum, adding: delta, dropping: dropped, mode)
    sum = result.sum
    return result.normalized
  }

  /// Runs a block whose intermediate values are not kept but computed again on the way back;
  /// `next` is what will be dropped of its last addition.
  func recomputed(
    dropping next: Dropped?, _ block: @escaping (ResidualStream) -> ResidualStream
  ) -> ResidualStream {
    let dropped = dropped
    let results = checkpointed(tensors) { inputs in
      block(ResidualStream(inputs, dropping: dropped)).tensors
    }
    return ResidualStream(results, dropping: next)
  }

  private var tensors: [Tensor] { delta.map { [sum, $0] } ?? [sum] }

  private init(_ tensors: [Tensor], dropping dropped: Dropped?) {
    sum = tensors[0]
    delta = tensors.count > 1 ? tensors[1] : nil
    self.dropped = dropped
  }
}
