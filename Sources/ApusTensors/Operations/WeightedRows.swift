import CApusKernels

/// The weighted sum of the rows of a table that each sequence names: the product of a sparse matrix, a
/// sequence a row, with a dense one.
///
/// - Parameters:
///   - ids: The rows that each sequence names.
///   - weights: The weight of each.
///   - table: The rows.
/// - Returns: PyTorch's `embedding_bag` of the mode `sum`; zeros for a sequence without ids.
/// - Shapes: ids [N] over B sequences, weights [N], table [any, C] → [B, C], all in Float32.
public func weightedRows(_ ids: Sequences, weights: Tensor, of table: Tensor) -> Tensor {
  requireShape(ids.values, [nil], "weightedRows: ids")
  requireShape(weights, ids.values.shape, "weightedRows: weights")
  requireShape(table, [nil, nil], "weightedRows: table")
  precondition(
    weights.type == .float32 && table.type == .float32,
    "weightedRows: expected float32, got \(weights.type) and \(table.type)")
  requireIds(ids.values, below: table.shape[0], "weightedRows")
  let rows = SparseRows(ids: ids, weights: weights.detached)
  let columns = Int64(table.columnCount)
  let result = Tensor(undefined: [ids.count, table.columnCount], .float32)
  rows.lend { apus_weighted_rows($0, table.floats, columns, result.floats) }
  withExtendedLifetime(table) {}
  let shape = table.shape
  let isTracked = table.isTracked
  let saved = weights.isTracked ? table.detached : nil
  return result.recorded("weightedRows", from: [table, weights]) { gradient in
    let gradient = gradient.converted(to: .float32)
    defer { withExtendedLifetime(gradient) {} }
    return [
      isTracked ? .dense(rows.scattered(gradient, shape)) : nil,
      saved.map { .dense(rows.weightGradients(gradient, $0)) },
    ]
  }
}

/// What the way back needs of the rows.
private struct SparseRows {
  let ids: Sequences
  let weights: Tensor

  func lend(_ body: (apus_sparse_rows) -> Void) {
    let offsets = ids.offsets.map(Int64.init)
    offsets.withUnsafeBufferPointer { offsets in
      guard let start = offsets.baseAddress else { return }
      body(
        apus_sparse_rows(
          ids: ids.values.ints, weights: weights.floats, offsets: start, count: Int64(ids.count)))
    }
    withExtendedLifetime((ids, weights)) {}
  }

  func scattered(_ gradient: Tensor, _ shape: [Int]) -> Tensor {
    let sum = Tensor.zeros(shape)
    lend {
      apus_weighted_rows_backward($0, gradient.floats, Int64(gradient.columnCount), sum.floats)
    }
    return sum
  }

  func weightGradients(_ gradient: Tensor, _ table: Tensor) -> Tensor {
    let result = Tensor(undefined: weights.shape, .float32)
    lend {
      apus_weighted_rows_weights_backward(
        $0, table.floats, gradient.floats, Int64(gradient.columnCount), result.floats)
    }
    withExtendedLifetime(table) {}
    return result
  }
}
