import CApusKernels

/// Attention whose scores are vector · tanh(query + key).
///
/// - Parameters:
///   - queries: What sees, multiplied by its matrix before.
///   - keys: What is seen, multiplied by its matrix before.
///   - values: What is weighted: rows of the same sequences as the keys.
///   - vector: Float32.
///   - sources: The sequence of keys that each sequence of queries sees; that of the same number if
///     it is left out. Several may see one where no gradient is asked for.
/// - Returns: The weighted values of each query, zeros where there is nothing to see; and the weights
///   without a graph, a matrix with a row a query for each sequence, one after the other.
/// - Shapes: queries [N, A], keys [M, A], values [M, C], vector [A] → [N, C]
/// - Source: Bahdanau et al. 2015, §A.1.2; the concat form of Luong et al. 2015, §3.1.
public func additiveAttention(
  _ queries: Sequences, keys: Sequences, values: Tensor, _ vector: Tensor,
  of sources: [Int]? = nil
) -> (context: Sequences, weights: Tensor) {
  let (scoreSize, valueSize) = (queries.values.columnCount, values.columnCount)
  requireShape(keys.values, [nil, scoreSize], "additiveAttention: keys")
  requireShape(values, [keys.elementCount, nil], "additiveAttention: values")
  requireShape(vector, [scoreSize], "additiveAttention: vector")
  let type = queries.values.type
  precondition(
    keys.values.type == type && values.type == type && vector.type == .float32,
    "additiveAttention: expected \(type) keys and values and a float32 vector")
  let ranges = AttendedRanges(queries, seeing: keys, sources: sources)
  if isRecorded(queries.values, keys.values, values, vector) { ranges.requireDistinctKeys() }
  let weightOffsets = ranges.weightOffsets
  func run(_ body: (UnsafePointer<apus_additive_attention_shape>) -> Void) {
    ranges.withPointers { queryOffsets, keyStarts, keyEnds in
      weightOffsets.withUnsafeBufferPointer { weightOffsets in
        var shape = apus_additive_attention_shape(
          query_offsets: queryOffsets, key_starts: keyStarts, key_ends: keyEnds,
          weight_offsets: weightOffsets.baseAddress, sequence_count: Int64(ranges.count),
          score_size: Int64(scoreSize), value_size: Int64(valueSize), type: type.kernel)
        body(&shape)
      }
    }
  }
  let saved = [queries.values, keys.values, values, vector].map(\.detached)
  let weights = Tensor(undefined: [Int(weightOffsets[ranges.count])], .float32)
  let result = Tensor(undefined: [queries.elementCount, valueSize], type)
  run { shape in
    apus_additive_attention(
      shape, saved[0].address, saved[1].address, saved[2].address, saved[3].floats,
      weights.floats, result.address)
  }
  let context = result.recorded(
    "additiveAttention", from: [queries.values, keys.values, values, vector]
  ) { gradient in
    let gradient = gradient.converted(to: type)
    let queryGradient = Tensor(undefined: saved[0].shape, type)
    let seenGradients = saved[1...2].map {
      ranges.coversKeys ? Tensor(undefined: $0.shape, type) : .zeros($0.shape, type)
    }
    let vectorGradients = Tensor(undefined: [ranges.count, scoreSize], .float32)
    run { shape in
      apus_additive_attention_backward(
        shape, saved[0].address, saved[1].address, saved[2].address, saved[3].floats,
        weights.floats, gradient.address, queryGradient.address, seenGradients[0].address,
        seenGradients[1].address, vectorGradients.floats)
    }
    withExtendedLifetime((gradient, saved, weights)) {}
    let gradients = [queryGradient] + seenGradients + [columnSums(vectorGradients)]
    return gradients.map(Gradient.dense)
  }
  return (queries.with(context), weights)
}
