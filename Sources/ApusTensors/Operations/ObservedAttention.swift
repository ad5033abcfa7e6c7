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
/// - Returns: The weighted values of each query, zeros where there is nothing to see; and the weights,
///   Float32, a matrix with a row a query for each sequence, one after the other.
/// - Shapes: queries [N, A], keys [M, A], values [M, C], vector [A] → [N, C]
/// - Source: Bahdanau et al. 2015, §A.1.2; the concat form of Luong et al. 2015, §3.1.
public func additiveAttention(
  _ queries: Sequences, keys: Sequences, values: Tensor, _ vector: Tensor,
  of sources: [Int]? = nil
) -> (context: Sequences, weights: Tensor) {
  requireShape(vector, [queries.values.columnCount], "additiveAttention: vector")
  precondition(
    vector.type == .float32, "additiveAttention: expected a float32 vector, got \(vector.type)")
  return observedAttention(queries, keys: keys, values: values, vector, of: sources)
}

/// `dotAttention` with its weights, which gradients can come back to.
///
/// - Returns: What `dotAttention` returns, and the weights as `additiveAttention` returns them.
/// - Shapes: queries [N, C], memory [M, C] → [N, C]
public func observedDotAttention(
  _ queries: Sequences, to memory: Sequences, of sources: [Int]? = nil
) -> (context: Sequences, weights: Tensor) {
  observedAttention(queries, keys: memory, values: memory.values, nil, of: sources)
}

/// Attention by sums, or by products where there is no vector.
private func observedAttention(
  _ queries: Sequences, keys: Sequences, values: Tensor, _ vector: Tensor?, of sources: [Int]?
) -> (context: Sequences, weights: Tensor) {
  let (scoreSize, valueSize) = (queries.values.columnCount, values.columnCount)
  requireShape(keys.values, [nil, scoreSize], "attention: keys")
  requireShape(values, [keys.elementCount, nil], "attention: values")
  let type = queries.values.type
  precondition(
    keys.values.type == type && values.type == type,
    "attention: expected \(type) keys and values, got \(keys.values.type) and \(values.type)")
  let inputs = [queries.values, keys.values, values] + (vector.map { [$0] } ?? [])
  let ranges = AttendedRanges(queries, seeing: keys, sources: sources)
  if isRecorded(queries.values, keys.values, values, vector) { ranges.requireDistinctKeys() }
  let weightOffsets = ranges.weightOffsets
  func run(_ body: (UnsafePointer<apus_observed_attention_shape>) -> Void) {
    ranges.withPointers { queryOffsets, keyStarts, keyEnds in
      weightOffsets.withUnsafeBufferPointer { weightOffsets in
        var shape = apus_observed_attention_shape(
          query_offsets: queryOffsets, key_starts: keyStarts, key_ends: keyEnds,
          weight_offsets: weightOffsets.baseAddress, sequence_count: Int64(ranges.count),
          score_size: Int64(scoreSize), value_size: Int64(valueSize), type: type.kernel)
        body(&shape)
      }
    }
  }
  let (saved, factor) = (inputs.prefix(3).map(\.detached), vector?.detached)
  let weights = Tensor(undefined: [Int(weightOffsets[ranges.count])], .float32)
  let result = Tensor(undefined: [queries.elementCount, valueSize], type)
  run { shape in
    apus_observed_attention(
      shape, saved[0].address, saved[1].address, saved[2].address, factor?.floats,
      weights.floats, result.address)
  }
  let tracked = recorded("observedAttention", [result, weights], from: inputs) { gradients in
    let gradient = gradients[0]?.converted(to: type) ?? .zeros(result.shape, type)
    let weightGradient = gradients[1]?.converted(to: .float32)
    let queryGradient = Tensor(undefined: saved[0].shape, type)
    let seenGradients = saved[1...2].map {
      ranges.coversKeys ? Tensor(undefined: $0.shape, type) : .zeros($0.shape, type)
    }
    let vectorGradients = factor.map { _ in Tensor(undefined: [ranges.count, scoreSize], .float32) }
    run { shape in
      apus_observed_attention_backward(
        shape, saved[0].address, saved[1].address, saved[2].address, factor?.floats,
        weights.floats, gradient.address, weightGradient?.floats, queryGradient.address,
        seenGradients[0].address, seenGradients[1].address, vectorGradients?.floats)
    }
    withExtendedLifetime((gradient, weightGradient, saved, factor, weights)) {}
    let vectorGradient = vectorGradients.map { [columnSums($0)] } ?? []
    return ([queryGradient] + seenGradients + vectorGradient).map(Gradient.dense)
  }
  return (queries.with(tracked[0]), tracked[1])
}
