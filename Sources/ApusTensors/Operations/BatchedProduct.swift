import CApusKernels

/// The matrix products of the last two axes.
///
/// - Parameters:
///   - a: The first matrices.
///   - b: The second matrices.
///   - transposingFirst: Whether `a` is read with its last two axes exchanged.
///   - transposingSecond: Whether `b` is.
/// - Returns: The products in the operands' type, Float32 or BFloat16, accumulated in Float32.
/// - Shapes: [..., M, K] · [..., K, N] → [..., M, N]; leading axes are broadcast.
public func matmul(
  _ a: Tensor, _ b: Tensor, transposingFirst: Bool = false, transposingSecond: Bool = false
) -> Tensor {
  precondition(
    a.rank >= 2 && b.rank >= 2 && a.type == b.type && a.type.isFloatingPoint,
    "matmul: expected matrices of one type, got \(a.type) \(a.shape) and \(b.type) \(b.shape)")
  let result = products(a.detached, transposingFirst, b.detached, transposingSecond)
  return result.recorded("matmul", from: [a, b]) { [a = a.saved, b = b.saved] gradient in
    let gradient = gradient.converted(to: a.tensor.type)
    let toFirst =
      transposingFirst
      ? { products(b.tensor, transposingSecond, gradient, true) }
      : { products(gradient, false, b.tensor, !transposingSecond) }
    let toSecond =
      transposingSecond
      ? { products(gradient, true, a.tensor, transposingFirst) }
      : { products(a.tensor, !transposingFirst, gradient, false) }
    return [
      a.gradient(toFirst), b.gradient(toSecond),
    ]
  }
}

extension SavedInput {
  /// The gradient of a tracked input whose leading axes may have been broadcast.
  fileprivate func gradient(_ whole: () -> Tensor) -> Gradient? {
    isTracked
      ? .dense(whole().summed(to: tensor.shape).converted(to: tensor.type)) : nil
  }
}

/// Matrix products without a graph.
private func products(
  _ a: Tensor, _ aIsTransposed: Bool, _ b: Tensor, _ bIsTransposed: Bool
) -> Tensor {
  let (m, k) = a.matrixSize(aIsTransposed)
  let (inner, n) = b.matrixSize(bIsTransposed)
  precondition(k == inner, "matmul: expected \(k) inner rows, got shapes \(a.shape) and \(b.shape)")
  if b.rank == 2, a.rank > 2, !aIsTransposed {
    // One matrix for all: the leading axes are rows like any other.
    let rows = a.reshaped([a.rowCount, k])
    return products(rows, false, b, bIsTransposed).reshaped(a.shape.dropLast() + [n])
  }
  let leading = broadcastShape(a.shape.dropLast(2), b.shape.dropLast(2), "matmul")
  let (a, b) = (a.matrices(leading), b.matrices(leading))
  let result = Tensor(undefined: leading + [m, n], a.type)
  guard result.count > 0 else { return result }
  guard k > 0 else { return .zeros(result.shape, result.type) }
  var shape = apus_matmul_shape()
  (shape.batch, shape.m, shape.n, shape.k) = (
    Int64(leading.reduce(1, *)), Int64(m), Int64(n), Int64(k)
  )
  shape.a_batch = Int64(m * k)
  (shape.a_row, shape.a_column) = aIsTransposed ? (1, Int64(m)) : (Int64(k), 1)
  shape.b_batch = Int64(k * n)
  (shape.b_row, shape.b_column) = bIsTransposed ? (1, Int64(k)) : (Int64(n), 1)
  (shape.c_batch, shape.c_row) = (Int64(m * n), Int64(n))
  (shape.type, shape.result) = (a.type.kernel, result.type.kernel)
  let status =
    a.type == .float32
    ? apus_sgemm_batch(&shape, a.floats, b.floats, result.floats)
    : apus_matmul(&shape, a.address, b.address, nil, result.address)
  precondition(status == 0, "matmul: the matrix engine refused \(shape) with status \(status)")
  withExtendedLifetime((a, b)) {}
  return result
}

extension Tensor {
  fileprivate func matrixSize(_ isTransposed: Bool) -> (rows: Int, columns: Int) {
    let (rows, columns) = (shape[rank - 2], shape[rank - 1])
    return isTransposed ? (columns, rows) : (rows, columns)
  }

  /// The matrices repeated for the leading axes of a product.
  fileprivate func matrices(_ leading: [Int]) -> Tensor {
    leading.reduce(1, *) == shape.dropLast(2).reduce(1, *)
      ? self : broadcast(to: leading + shape.suffix(2))
  }
}
