import CApusKernels

/// What a backward function gives an input.
enum Gradient {
  /// A gradient for every element.
  case dense(Tensor)
  /// Gradients of some rows of a matrix, as embeddings have them: row `ids[i]` gets `rows[i]`.
  case rows(ids: Tensor, rows: Tensor, shape: [Int])
}

extension Gradient? {
  /// Adds another gradient of the same input, in place where nobody else holds the sum.
  mutating func add(_ other: Gradient) {
    switch (take(), other) {
    case (nil, let only):
      self = only
    case (.dense(var sum), .dense(let addend)):
      self = .dense(addInPlace(&sum, addend))
    case (.dense(var sum), .rows(let ids, let rows, _)),
      (.rows(let ids, let rows, _), .dense(var sum)):
      scatterAdd(&sum, ids, rows)
      self = .dense(sum)
    case (.some(.rows(let ids, let rows, let shape)), .rows(let moreIds, let moreRows, _)):
      var sum = Tensor.zeros(shape)
      scatterAdd(&sum, ids, rows)
      scatterAdd(&sum, moreIds, moreRows)
      self = .dense(sum)
    }
  }
}

extension Gradient {
  /// The gradient for every element.
  var tensor: Tensor {
    switch self {
    case .dense(let tensor): return tensor
    case .rows(let ids, let rows, let shape):
      var sum = Tensor.zeros(shape)
      scatterAdd(&sum, ids, rows)
      return sum
    }
  }
}

private func addInPlace(_ sum: inout Tensor, _ addend: Tensor) -> Tensor {
  precondition(
    sum.shape == addend.shape, "gradient: expected shape \(sum.shape), got \(addend.shape)")
  if sum.type != addend.type {
    sum = sum.converted(to: .float32)
  }
  let result = sum.isOnlyHolder() ? sum : Tensor(undefined: sum.shape, sum.type)
  apus_add(
    sum.type.kernel, sum.address, addend.type.kernel, addend.address, result.address,
    Int64(sum.count))
  return result
}

private func scatterAdd(_ sum: inout Tensor, _ ids: Tensor, _ rows: Tensor) {
  guard ids.count > 0 else { return }
  sum = sum.converted(to: .float32)
  if !sum.isOnlyHolder() { sum.makeUnique() }
  apus_embedding_backward(
    ids.ints, Int64(ids.count), rows.type.kernel, rows.address, Int64(rows.count / ids.count),
    sum.floats)
}
