import CApusKernels

/// The sum of a row of each table: how words, positions and segments become one vector.
///
/// Each term has the row numbers of the elements and the Float32 table that they are taken from.
///
/// - Shapes: ids [N], tables [any, C] → [N, C] in Float32.
public func embeddingSum(_ terms: [(ids: Tensor, table: Tensor)]) -> Tensor {
  guard let first = terms.first else { preconditionFailure("embeddingSum: got no terms") }
  let (count, columns) = (first.ids.count, first.table.columnCount)
  for (ids, table) in terms {
    requireShape(ids, [count], "embeddingSum: ids")
    requireShape(table, [nil, columns], "embeddingSum: table")
    precondition(table.type == .float32, "embeddingSum: expected float32, got \(table.type)")
    requireIds(ids, below: table.shape[0], "embeddingSum")
  }
  let result = Tensor(undefined: [count, columns], .float32)
  let ids = terms.map { UnsafePointer($0.ids.ints) as UnsafePointer<Int32>? }
  let tables = terms.map { UnsafePointer($0.table.floats) as UnsafePointer<Float>? }
  apus_embedding_sum(
    ids, tables, Int64(terms.count), Int64(count), Int64(columns), result.floats)
  withExtendedLifetime(terms) {}
  let rows = terms.map { (ids: $0.ids, shape: $0.table.shape, isTracked: $0.table.isTracked) }
  return result.recorded("embeddingSum", from: terms.map(\.table)) { gradient in
    rows.map { $0.isTracked ? .rows(ids: $0.ids, rows: gradient, shape: $0.shape) : nil }
  }
}
