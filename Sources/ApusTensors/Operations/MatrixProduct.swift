import CApusKernels

/// The rows that the matrix engine is asked for instead of `count`.
///
/// The number of rows changes with every batch, and the engine prepares each shape anew; rounding
/// up to a 64th of the next power of two leaves few shapes for at most a few percent of work.
func roundedRowCount(_ count: Int) -> Int {
  guard count > 8 else { return count }
  let step = max(4, (1 << (Int.bitWidth - (count - 1).leadingZeroBitCount)) / 64)
  return (count + step - 1) / step * step
}

/// A matrix as the engine sees it: a tensor read with either of its last axes as rows.
struct MatrixOperand {
  let tensor: Tensor
  let isTransposed: Bool

  init(_ tensor: Tensor, transposed: Bool = false) {
    self.tensor = tensor
    isTransposed = transposed
  }

  var rows: Int { isTransposed ? tensor.columnCount : tensor.rowCount }
  var columns: Int { isTransposed ? tensor.rowCount : tensor.columnCount }
  var rowStride: Int { isTransposed ? 1 : tensor.columnCount }
  var columnStride: Int { isTransposed ? tensor.columnCount : 1 }
}

/// A layout of a weight matrix that products read fastest, in the operands' type.
struct PackedOperand: Sendable {
  enum Form: Hashable, Sendable {
    /// What the matrix engine chose for operands of a type.
    case engine(ScalarType)
    /// Of `apus_panel_pack`.
    case bfloat16Panels, integerPanels
  }

  /// What a layout depends on; never on the number of rows that it will be multiplied with.
  struct Layout: Hashable, Sendable {
    let form: Form
    let offset, k, n, rowStride, columnStride: Int
  }

  let storage: Storage
}

extension MatrixOperand {
  /// The layout of this matrix in a form; made once and kept with the matrix until that changes.
  func packed(as form: PackedOperand.Form, _ make: () -> Storage) -> Storage {
    let layout = PackedOperand.Layout(
      form: form, offset: tensor.offset, k: rows, n: columns, rowStride: rowStride,
      columnStride: columnStride)
    return tensor.storage.packed.withLock { cache in
      if let found = cache[layout] { return found.storage }
      let storage = make()
      cache[layout] = PackedOperand(storage: storage)
      return storage
    }
  }
}

/// x·w (+ bias) for rows x and a weight matrix w.
///
/// bf16 rows are multiplied with the weights rounded to bf16, accumulated in fp32.
///
/// With a sum of an earlier product, adds to it and returns it.
///
/// - Shapes: [N, K] · [K, M] → [N, M]; bias [M].
func product(
  _ x: Tensor, _ weight: MatrixOperand, bias: Tensor? = nil, result type: ScalarType? = nil,
  addingTo sum: Tensor? = nil
) -> Tensor {
  let (k, n) = (weight.rows, weight.columns)
  precondition(
    x.columnCount == k && k > 0 && n > 0,
    "product: expected rows of \(k) elements, got shape \(x.shape)")
  let result = sum ?? Tensor(undefined: Array(x.shape.dropLast()) + [n], type ?? x.type)
  let rows = x.rowCount
  guard rows > 0 else { return result }
  if sum == nil, FewRowProduct.takes(x, weight, result: result.type) {
    FewRowProduct.run(x, weight, bias: bias, into: result)
    return result
  }
  let rounded = roundedRowCount(rows)
  let fits =
    x.offset * x.type.byteCount + rounded * k * x.type.byteCount <= x.storage.capacity
    && rounded * n * result.type.byteCount <= result.storage.capacity
  var shape = apus_matmul_shape()
  shape.batch = 1
  (shape.m, shape.n, shape.k) = (Int64(fits ? rounded : rows), Int64(n), Int64(k))
  (shape.a_row, shape.a_column) = (Int64(k), 1)
  (shape.b_row, shape.b_column) = (Int64(weight.rowStride), Int64(weight.columnStride))
  shape.c_row = Int64(n)
  (shape.type, shape.result) = (x.type.kernel, result.type.kernel)
  (shape.has_bias, shape.accumulates) = (bias != nil, sum != nil)
  // fp32 weights are used as they are by large products, which hide what packing would save.
  shape.packed = weight.tensor.type == .float32 && (x.type == .bfloat16 || rows < 192)
  precondition(
    shape.packed || weight.tensor.type == x.type,
    "product: expected \(x.type) weights, got \(weight.tensor.type)")
  let packed = shape.packed ? packedOperand(weight, shape) : nil
  let status = apus_matmul(
    &shape, x.address, packed?.address ?? weight.tensor.address, bias?.floats,
    result.address)
  precondition(status == 0, "product: the matrix engine refused \(shape) with status \(status)")
  withExtendedLifetime((x, weight.tensor, bias, packed)) {}
  return result
}

private func packedOperand(_ weight: MatrixOperand, _ shape: apus_matmul_shape) -> Storage {
  let type: ScalarType = shape.type == APUS_BFLOAT16 ? .bfloat16 : .float32
  return weight.packed(as: .engine(type)) {
    var shape = shape
    let size = Int(apus_matmul_packed_size(&shape))
    precondition(size >= 0, "product: the matrix engine refused \(shape)")
    let storage = Storage(byteCount: size, capacity: size)
    let status = apus_matmul_pack(&shape, weight.tensor.floats, storage.address)
    precondition(status == 0, "product: packing failed with status \(status)")
    return storage
  }
}

/// xᵀ·y in fp32, the gradient of a weight matrix: a sum over all rows.
///
/// With a place for it, writes there, or adds to what is there.
///
/// - Shapes: [N, K], [N, M] → [K, M]
@discardableResult
func rowSumProduct(
  _ x: Tensor, _ y: Tensor, into place: Tensor? = nil, adds: Bool = false
) -> Tensor {
  let (k, n) = (x.columnCount, y.columnCount)
  precondition(
    x.rowCount == y.rowCount && x.type == y.type,
    "rowSumProduct: expected \(x.rowCount) rows of \(x.type), got \(y)")
  let result = place ?? Tensor(undefined: [k, n], .float32)
  guard x.rowCount > 0 else {
    if !adds { result.floats.update(repeating: 0, count: k * n) }
    return result
  }
  if x.type == .float32 {
    let status = apus_sgemm(
      Int64(k), Int64(n), Int64(x.rowCount), x.floats, 1, Int64(k), y.floats, Int64(n), 1,
      result.floats, Int64(n), adds)
    precondition(status == 0, "rowSumProduct: status \(status)")
    return result
  }
  let (x, y) = (x.paddedWithZeroRows, y.paddedWithZeroRows)
  var shape = apus_matmul_shape()
  shape.batch = 1
  (shape.m, shape.n, shape.k) = (Int64(k), Int64(n), Int64(roundedRowCount(x.rowCount)))
  (shape.a_row, shape.a_column) = (1, Int64(k))
  (shape.b_row, shape.b_column) = (Int64(n), 1)
  shape.c_row = Int64(n)
  (shape.type, shape.result) = (x.type.kernel, APUS_FLOAT32)
  shape.accumulates = adds
  let status = apus_matmul(&shape, x.address, y.address, nil, result.address)
  precondition(status == 0, "rowSumProduct: the matrix engine refused \(shape)")
  withExtendedLifetime((x, y)) {}
  return result
}

extension Tensor {
  /// This tensor with zeros in the rows that rounding adds; a copy only if it is a view.
  var paddedWithZeroRows: Tensor {
    let rows = rowCount
    let rowBytes = columnCount * type.byteCount
    let end = offset * type.byteCount + rows * rowBytes
    let paddedEnd = offset * type.byteCount + roundedRowCount(rows) * rowBytes
    // The bytes after the elements belong to nobody, unless this is a view of fewer rows.
    guard end >= storage.byteCount, paddedEnd <= storage.capacity else {
      let copy = Tensor(undefined: [rows, columnCount], type)
      copy.address.copyMemory(from: address, byteCount: rows * rowBytes)
      return copy.paddedWithZeroRows
    }
    (storage.address + end).initializeMemory(as: UInt8.self, repeating: 0, count: paddedEnd - end)
    return self
  }
}
