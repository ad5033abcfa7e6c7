import CApusKernels

/// Multi-head scaled dot-product attention within each sequence.
///
/// Scores exist for a few dozen queries at a time only: what is kept for the way back is one
/// logarithm a query and head, and the scores are computed again.
///
/// - Parameters:
///   - queriesKeysValues: Stacked in each row: C queries, C keys, C values.
///   - headCount: Heads; C is a multiple of it.
///   - isCausal: Whether an element sees only itself and what is before it.
///   - dropout: Drops probabilities.
/// - Returns: The weighted values of each element.
/// - Shapes: [N, 3C] → [N, C] over B sequences.
/// - Source: Vaswani et al. 2017, §3.2; the way back is that of Dao et al. 2022, §3.1.
public func attention(
  _ queriesKeysValues: Sequences, headCount: Int, isCausal: Bool, dropout: Dropped? = nil
) -> Sequences {
  let input = queriesKeysValues.values
  let (rows, size) = (input.shape[0], input.columnCount / 3)
  precondition(
    input.rank == 2 && size * 3 == input.columnCount && size % headCount == 0,
    "attention: expected [N, 3 · \(headCount) · head size], got \(input.shape)")
  let pass = AttentionPass(
    offsets: queriesKeysValues.offsets.map(Int64.init), headCount: headCount,
    headSize: size / headCount, isCausal: isCausal, type: input.type, dropout: dropout)
  let stacked = input.detached
  let result = Tensor(undefined: [rows, size], input.type)
  let logSums = Tensor(undefined: [rows, headCount], .float32)
  pass.run { shape in
    apus_attention(shape, stacked.address, result.address, logSums.floats)
  }
  return queriesKeysValues.with(
    result.recorded("attention", from: [input]) { gradient in
      let gradient = gradient.converted(to: stacked.type)
      let inputGradient = Tensor(undefined: stacked.shape, stacked.type)
      pass.run { shape in
        apus_attention_backward(
          shape, stacked.address, result.address, logSums.floats, gradient.address,
          inputGradient.address)
      }
      withExtendedLifetime(gradient) {}
      return [.dense(inputGradient)]
    })
}

private struct AttentionPass {
  let offsets: [Int64]
  let headCount, headSize: Int
  let isCausal: Bool
  let type: ScalarType
  let dropout: Dropped?

  func run(_ body: (UnsafePointer<apus_attention_shape>) -> Void) {
    offsets.withUnsafeBufferPointer { offsets in
      var shape = apus_attention_shape(
        offsets: offsets.baseAddress, sequence_count: Int64(offsets.count - 1),
        head_count: Int64(headCount), head_size: Int64(headSize),
        scale: 1 / Float(headSize).squareRoot(), causal: isCausal, type: type.kernel,
        dropped: dropout.kernel)
      body(&shape)
    }
  }
}
