import ApusTensors

/// The blocks of a Transformer decoder that sees an encoder; with pre-norm blocks, a norm after the
/// last.
///
/// - Shapes: [N, C] → [N, C] over B sequences, in the type that products of the mode take.
public struct DecoderStack: Layer {
  let blocks: [DecoderBlock]
  let placement: NormPlacement
  let finalNorm: LayerNorm?

  /// Stacks blocks: pre-norm ones where there is a final norm, else post-norm.
  public init(_ blocks: [DecoderBlock], finalNorm: LayerNorm?) {
    self.blocks = blocks
    placement = finalNorm == nil ? .post : .pre
    self.finalNorm = finalNorm
  }

  /// The keys and values of each block for what the encoder gave.
  public func keysValues(_ memory: Sequences, _ mode: Mode) -> [Sequences] {
    blocks.map { $0.crossAttention.layer.keysValues(memory, mode) }
  }

  /// Runs whole sequences, each seeing the source of its number.
  ///
  /// - Parameters:
  ///   - x: Embedded elements.
  ///   - keysValues: Those of each block.
  ///   - mode: How the stack runs.
  ///   - observe: Gets the weights that the last block gives the encoder's elements, for each
  ///     sequence a row an element.
  /// - Returns: What decides on the element after each.
  public func callAsFunction(
    _ x: Sequences, seeing keysValues: [Sequences], _ mode: Mode,
    observing observe: (([Tensor]) -> Void)? = nil
  ) -> Sequences {
    var stream = ResidualStream(x.values, of: placement, mode)
    for (index, block) in blocks.enumerated() {
      let (layer, seen) = (block.crossAttention.layer, keysValues[index])
      stream = block(stream, of: x, placement, mode) {
        block.attention.layer($0, mode)
      } see: {
        if index == blocks.count - 1 { observe?(layer.weights($0, seeing: seen, mode)) }
        return layer($0, seeing: seen, mode)
      }
    }
    return x.with(output(stream, mode))
  }

  /// Runs one new element of each sequence, whose self-attention also sees what the caches hold.
  ///
  /// - Parameters:
  ///   - x: A row a sequence.
  ///   - keysValues: Those of each block.
  ///   - sources: The source that each sequence sees.
  ///   - caches: One for each block, which takes up the elements.
  ///   - mode: How the stack runs.
  ///   - observe: Gets the weights of the last block, a row for each sequence.
  /// - Returns: What decides on the next element of each sequence.
  public func callAsFunction(
    _ x: Tensor, seeing keysValues: [Sequences], of sources: [Int],
    extending caches: inout [KeyValueCache], _ mode: Mode,
    observing observe: (([Tensor]) -> Void)? = nil
  ) -> Tensor {
    let elements = Sequences(x, lengths: Array(repeating: 1, count: x.rowCount))
    var stream = ResidualStream(x, of: placement, mode)
    for (index, block) in blocks.enumerated() {
      let (layer, seen) = (block.crossAttention.layer, keysValues[index])
      stream = block(stream, of: elements, placement, mode) {
        block.attention.layer($0, extending: &caches[index], mode)
      } see: {
        if index == blocks.count - 1 {
          observe?(layer.weights($0, seeing: seen, of: sources, mode))
        }
        let together = Sequences.grouping($0.values, by: sources)
        return $0.with(layer(together.rows, seeing: seen, of: together.groups, mode).values)
      }
    }
    return output(stream, mode)
  }

  private func output(_ stream: ResidualStream, _ mode: Mode) -> Tensor {
    var stream = stream
    return finalNorm.map { stream.normalized(by: $0, mode) } ?? stream.values
  }
}
