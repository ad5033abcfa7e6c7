import ApusTensors

/// Transformer blocks one after the other; with pre-norm blocks, a norm after the last.
///
/// - Shapes: [N, C] → [N, C] over B sequences, in the type that products of the mode take.
public struct TransformerStack: Layer {
  let blocks: [TransformerBlock]
  let placement: NormPlacement
  let finalNorm: LayerNorm?

  public static func preNorm(_ blocks: [TransformerBlock], finalNorm: LayerNorm) -> Self {
    TransformerStack(blocks: blocks, placement: .pre, finalNorm: finalNorm)
  }

  public static func postNorm(_ blocks: [TransformerBlock]) -> Self {
    TransformerStack(blocks: blocks, placement: .post, finalNorm: nil)
  }

  public func callAsFunction(_ x: Sequences, _ mode: Mode) -> Sequences {
    run(x, mode) { stream, block, _ in
      let step = { (stream: ResidualStream) in
        block(stream, of: x, placement, mode) { block.attention($0, mode) }
      }
      guard mode.recomputesBlocks else { return step(stream) }
      return stream.recomputed(dropping: block.feedForwardDropout.dropped(mode), step)
    }
  }

  /// Runs new elements through the blocks, whose attention also sees what the caches hold.
  ///
  /// There is a cache for each block, which takes up the new elements.
  public func callAsFunction(
    _ x: Sequences, extending caches: inout [KeyValueCache], _ mode: Mode
  ) -> Sequences {
    precondition(
      caches.count == blocks.count,
      "TransformerStack: expected \(blocks.count) caches, got \(caches.count)")
    return run(x, mode) { stream, block, index in
      block(stream, of: x, placement, mode) { block.attention($0, extending: &caches[index]) }
    }
  }

  /// Pre-norm sums are Float32 in both precisions: they collect small contributions of many layers.
  private func run(
    _ x: Sequences, _ mode: Mode,
    _ step: (ResidualStream, TransformerBlock, _ index: Int) -> ResidualStream
  ) -> Sequences {
    var stream = ResidualStream(
      x.values.converted(to: placement == .pre ? .float32 : mode.scalarType))
    for (index, block) in blocks.enumerated() { stream = step(stream, block, index) }
    return x.with(finalNorm.map { stream.normalized(by: $0, mode) } ?? stream.values)
  }
}
