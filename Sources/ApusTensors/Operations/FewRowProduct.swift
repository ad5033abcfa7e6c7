import CApusKernels

/// Products of so few rows that reading the weights takes longer than multiplying with them.
///
/// The matrix engine reads weights more slowly than memory gives them; these kernels read them
/// where they lie, or from a bf16 copy.
enum FewRowProduct {
  /// Whether a product has few rows in this sense; measured beside the matrix engine.
  static func takes(_ x: Tensor, _ weight: MatrixOperand, result: ScalarType) -> Bool {
    guard weight.tensor.type == .float32 else { return false }
    switch x.type {
    case .bfloat16: return x.rowCount <= 8
    case .float32: return result == .float32 && x.rowCount <= (weight.isTransposed ? 8 : 2)
    case .int32: return false
    }
  }

  /// x·w (+ bias).
  static func run(_ x: Tensor, _ weight: MatrixOperand, bias: Tensor?, into result: Tensor) {
    guard x.type == .float32 else {
      panelProduct(x, weight, bias: bias, weights: .bfloat16Panels, into: result)
      return
    }
    var shape = apus_row_product_shape(
      m: Int64(x.rowCount), n: Int64(weight.columns), k: Int64(weight.rows),
      transposed: weight.isTransposed)
    apus_row_product(&shape, x.floats, weight.tensor.floats, bias?.floats, result.floats)
    withExtendedLifetime((x, weight.tensor, bias, result)) {}
  }
}

/// x·w (+ bias) with the weights rounded to 8-bit integers, each output with a scale of its own.
///
/// Rows are rounded to integers of about 12 to 16 bits; the integers are multiplied and summed
/// exactly, so that what comes out for a row depends on no other.
///
/// - Shapes: [N, K] · [K, M] → [N, M]; bias [M].
func integerProduct(
  _ x: Tensor, _ weight: MatrixOperand, bias: Tensor? = nil, result type: ScalarType? = nil
) -> Tensor {
  let (k, n) = (weight.rows, weight.columns)
  precondition(
    x.columnCount == k && k > 0 && n > 0 && weight.tensor.type == .float32,
    "integerProduct: expected rows of \(k) elements, got shape \(x.shape)")
  let result = Tensor(undefined: Array(x.shape.dropLast()) + [n], type ?? x.type)
  guard x.rowCount > 0 else { return result }
  panelProduct(x, weight, bias: bias, weights: .integerPanels, into: result)
  return result
}

private func panelProduct(
  _ x: Tensor, _ weight: MatrixOperand, bias: Tensor?, weights form: PackedOperand.Form,
  into result: Tensor
) {
  let type = form == .integerPanels ? APUS_PANEL_INT8 : APUS_PANEL_BFLOAT16
  let packed = weight.packed(as: form) {
    let (n, k) = (Int64(weight.columns), Int64(weight.rows))
    let size = Int(apus_panel_size(type, n, k))
    let storage = Storage(byteCount: size, capacity: size)
    apus_panel_pack(
      type, n, k, weight.tensor.floats, Int64(weight.rowStride), Int64(weight.columnStride),
      storage.address)
    return storage
  }
  var shape = apus_panel_shape(
    m: Int64(x.rowCount), n: Int64(weight.columns), k: Int64(weight.rows), weights: type,
    x_type: x.type.kernel, y_type: result.type.kernel)
  let scratchSize = Int(apus_panel_scratch(&shape))
  let scratch = Storage(byteCount: scratchSize, capacity: scratchSize)
  apus_panel_product(
    &shape, x.address, packed.address, bias?.floats, result.address, scratch.address)
  withExtendedLifetime((x, packed, bias, result, scratch)) {}
}
