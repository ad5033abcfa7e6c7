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

  /// Runs the first blocks, `count` of them, or all and the norm after them.
  public func callAsFunction(
    _ x: Sequences, after count: Int? = nil, _ mode: Mode
  ) -> Sequences {
    var stream = ResidualStream(x.values, of: placement, mode)
    for block in blocks.prefix(count ?? blocks.count) { stream = run(block, stream, of: x, mode) }
    let isWhole = (count ?? blocks.count) == blocks.count
    return x.with(isWhole ? output(stream, mode) : inner(stream, mode))
  }

  /// The elements before the first block and after each; the last are those that leave the stack.
  public func hiddenStates(_ x: Sequences, _ mode: Mode) -> [Sequences] {
    var stream = ResidualStream(x.values, of: placement, mode)
    var states: [Tensor] = []
    for block in blocks {
      states.append(inner(stream, mode))
      stream = run(block, stream, of: x, mode)
    }
    return (states + [output(stream, mode)]).map(x.with)
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
    var stream = ResidualStream(x.values, of: placement, mode)
    for (index, block) in blocks.enumerated() {
      stream = block(stream, of: x, placement, mode) {
        block.attention($0, extending: &caches[index], mode)
      }
    }
    return x.with(output(stream, mode))
  }

  private func run(
    _ block: TransformerBlock, _ stream: ResidualStream, of x: Sequences, _ mode: Mode
  ) -> ResidualStream {
    let step = { (stream: ResidualStream) in
      block(stream, of: x, placement, mode) { block.attention($0, mode) }
    }
    guard mode.recomputesBlocks else { return step(stream) }
    return stream.recomputed(dropping: block.feedForwardDropout.dropped(mode), step)
  }

  /// What stands between two blocks.
  private func inner(_ stream: ResidualStream, _ mode: Mode) -> Tensor {
    stream.total.converted(to: mode.scalarType)
  }

  private func output(_ stream: ResidualStream, _ mode: Mode) -> Tensor {
    var stream = stream
    return finalNorm.map { stream.normalized(by: $0, mode) } ?? stream.values
  }
}
