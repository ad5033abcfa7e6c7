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
    AttendedRanges(offsets: queriesKeysValues.offsets), headCount: headCount,
    headSize: size / headCount, queryStride: 3 * size, keyStride: 3 * size, isCausal: isCausal,
    type: input.type, dropout: dropout)
  let stacked = input.detached
  let result = Tensor(undefined: [rows, size], input.type)
  let logSums = Tensor(undefined: [rows, headCount], .float32)
  let bytes = size * input.type.byteCount
  pass.run { shape in
    let start = stacked.address
    apus_attention(
      shape, start, start + bytes, start + 2 * bytes, result.address, logSums.floats)
  }
  return queriesKeysValues.with(
    result.recorded("attention", from: [input]) { gradient in
      let gradient = gradient.converted(to: stacked.type)
      let inputGradient = Tensor(undefined: stacked.shape, stacked.type)
      pass.run { shape in
        let (start, target) = (stacked.address, inputGradient.address)
        apus_attention_backward(
          shape, start, start + bytes, start + 2 * bytes, result.address, logSums.floats,
          gradient.address, target, target + bytes, target + 2 * bytes)
      }
      withExtendedLifetime(gradient) {}
      return [.dense(inputGradient)]
    })
}

/// What the kernels of dot-product attention are told, forward and back.
struct AttentionPass {
  let ranges: AttendedRanges
  let headCount, headSize: Int
  /// The elements from one row of queries to the next, and of keys and values.
  let queryStride, keyStride: Int
  let scale: Float
  let isCausal: Bool
  let type: ScalarType
  let dropout: Dropped?

  /// The scale, which products are multiplied with, is 1/√headSize if it is left out.
  init(
    _ ranges: AttendedRanges, headCount: Int, headSize: Int, queryStride: Int, keyStride: Int,
    scale: Float? = nil, isCausal: Bool, type: ScalarType, dropout: Dropped?
  ) {
    self.ranges = ranges
    self.headCount = headCount
    self.headSize = headSize
    self.queryStride = queryStride
    self.keyStride = keyStride
    self.scale = scale ?? 1 / Float(headSize).squareRoot()
    self.isCausal = isCausal
    self.type = type
    self.dropout = dropout
  }

  func run(_ body: (UnsafePointer<apus_attention_shape>) -> Void) {
    ranges.withPointers { queryOffsets, keyStarts, keyEnds in
      var shape = apus_attention_shape(
        query_offsets: queryOffsets, key_starts: keyStarts, key_ends: keyEnds,
        sequence_count: Int64(ranges.count), head_count: Int64(headCount),
        head_size: Int64(headSize), query_stride: Int64(queryStride),
        key_stride: Int64(keyStride), scale: scale, causal: isCausal, type: type.kernel,
        dropped: dropout.kernel)
      body(&shape)
    }
  }
}
