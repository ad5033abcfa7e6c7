import CApusKernels

/// Multi-head scaled dot-product attention of elements to those of other sequences.
///
/// - Parameters:
///   - queries: What sees.
///   - keysValues: What is seen, stacked in each row: C keys, C values.
///   - sources: The sequence of `keysValues` that each sequence of queries sees; that of the same
///     number if it is left out. Several may see one where no gradient is asked for, as in beam
///     search.
///   - headCount: Heads; C is a multiple of it.
///   - dropout: Drops probabilities.
/// - Returns: The weighted values of each query; zeros where there is nothing to see.
/// - Shapes: queries [N, C], keysValues [M, 2C] → [N, C]
/// - Source: Vaswani et al. 2017, §3.2.3.
public func attention(
  _ queries: Sequences, to keysValues: Sequences, of sources: [Int]? = nil, headCount: Int,
  dropout: Dropped? = nil
) -> Sequences {
  precondition(
    keysValues.values.columnCount == 2 * queries.values.columnCount
      && queries.values.columnCount % headCount == 0,
    """
    attention: expected [N, \(headCount) · head size] and keys and values of twice as many columns, \
    got \(queries.values.shape) and \(keysValues.values.shape)
    """)
  return crossAttention(
    queries, to: keysValues, of: sources, headCount: headCount, scale: nil, dropout: dropout)
}

/// Attention whose scores are the products of queries with the very vectors that are weighted.
///
/// - Parameters:
///   - queries: What sees; for Luong's general form, multiplied by its matrix before.
///   - memory: What is seen, keys and values at once.
///   - sources: As in `attention(_:to:of:headCount:dropout:)`.
/// - Returns: Σ softmax(query · memory) memory of each query; zeros where there is nothing to see.
/// - Shapes: queries [N, C], memory [M, C] → [N, C]
/// - Source: Luong et al. 2015, §3.1.
public func dotAttention(
  _ queries: Sequences, to memory: Sequences, of sources: [Int]? = nil
) -> Sequences {
  precondition(
    memory.values.columnCount == queries.values.columnCount,
    """
    dotAttention: expected queries and memory of one size, got \(queries.values.shape) and \
    \(memory.values.shape)
    """)
  return crossAttention(queries, to: memory, of: sources, headCount: 1, scale: 1, dropout: nil)
}

/// Attention to keys and values that are stacked in each row, or the same.
private func crossAttention(
  _ queries: Sequences, to seen: Sequences, of sources: [Int]?, headCount: Int, scale: Float?,
  dropout: Dropped?
) -> Sequences {
  let (input, size) = (queries.values, queries.values.columnCount)
  precondition(
    input.type == seen.values.type, "attention: expected \(input.type) keys, got \(seen.values)")
  let pass = AttentionPass(
    AttendedRanges(queries, seeing: seen, sources: sources), headCount: headCount,
    headSize: size / headCount, queryStride: size, keyStride: seen.values.columnCount,
    scale: scale, isCausal: false, type: input.type, dropout: dropout)
  let isStacked = seen.values.columnCount > size
  let valueOffset = isStacked ? size * input.type.byteCount : 0
  let (rows, keys) = (input.detached, seen.values.detached)
  let result = Tensor(undefined: rows.shape, rows.type)
  let logSums = Tensor(undefined: [rows.rowCount, headCount], .float32)
  pass.run { shape in
    apus_attention(
      shape, rows.address, keys.address, keys.address + valueOffset, result.address,
      logSums.floats)
  }
  if isRecorded(input, seen.values) { pass.ranges.requireDistinctKeys() }
  // What is key and value at once has a gradient as either.
  let inputs = [input, seen.values] + (isStacked ? [] : [seen.values])
  return queries.with(
    result.recorded("attention", from: inputs) { gradient in
      let gradient = gradient.converted(to: rows.type)
      let queryGradient = Tensor(undefined: rows.shape, rows.type)
      let keyGradients = inputs.indices.dropFirst().map { _ in
        pass.ranges.coversKeys
          ? Tensor(undefined: keys.shape, keys.type) : .zeros(keys.shape, keys.type)
      }
      let valueGradient = keyGradients[keyGradients.count - 1].address + valueOffset
      pass.run { shape in
        apus_attention_backward(
          shape, rows.address, keys.address, keys.address + valueOffset, result.address,
          logSums.floats, gradient.address, queryGradient.address, keyGradients[0].address,
          valueGradient)
      }
      withExtendedLifetime((gradient, keyGradients)) {}
      return ([queryGradient] + keyGradients).map(Gradient.dense)
    })
}

/// The weights that dot-product attention gives what it sees, the mean over heads; for pictures and
/// penalties, without a graph.
///
/// - Parameters:
///   - queries: What sees.
///   - keys: What is seen; its first C columns are the keys.
///   - sources: As in `attention(_:to:of:headCount:dropout:)`.
///   - headCount: Heads; C is a multiple of it.
///   - scale: What products are multiplied with; 1/√head size if it is left out.
/// - Returns: For each sequence of queries a matrix with a row a query and a column a key, Float32.
/// - Shapes: queries [N, C], keys [M, C or more] → [queries, keys] for each sequence.
public func attentionWeights(
  _ queries: Sequences, to keys: Sequences, of sources: [Int]? = nil, headCount: Int = 1,
  scale: Float? = nil
) -> [Tensor] {
  let headSize = queries.values.columnCount / headCount
  let factor = scale ?? 1 / Float(headSize).squareRoot()
  return withoutGradients {
    (0..<queries.count).map { index in
      let source = sources?[index] ?? index
      let seen = keys.values.rows(keys.offsets[source]..<keys.offsets[source + 1])
      let rows = queries.values.rows(queries.offsets[index]..<queries.offsets[index + 1])
      var sum = Tensor.zeros([rows.rowCount, seen.rowCount])
      guard sum.count > 0 else { return sum }
      for head in 0..<headCount {
        let columns = head * headSize..<(head + 1) * headSize
        let scores = matmul(
          rows.columns(columns).converted(to: .float32),
          seen.columns(columns).converted(to: .float32), transposingSecond: true)
        sum = sum + (scores * factor).softmax()
      }
      return sum * (1 / Float(headCount))
    }
  }
}
