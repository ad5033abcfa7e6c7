import CApusKernels

/// How a linear layer's weight matrix is stored.
public enum WeightLayout: Sendable {
  /// [outputs, inputs], as in PyTorch's `Linear`.
  case outputsByInputs
  /// [inputs, outputs], as in GPT-2's `Conv1D`.
  case inputsByOutputs
}

/// An affine map of each row: x·wᵀ + b.
///
/// - Parameters:
///   - x: Rows, Float32 or BFloat16; the result has the same type.
///   - weight: Float32, in the given layout.
///   - bias: Float32.
///   - layout: Which axis of the weight is the outputs'.
///   - quantized: Whether the weights are rounded to 8-bit integers, each output with a scale of
///     its own; no gradient flows through such a product.
/// - Returns: Rows of outputs.
/// - Shapes: [N, K] → [N, M]; weight [M, K] or [K, M]; bias [M].
public func linear(
  _ x: Tensor, _ weight: Tensor, _ bias: Tensor? = nil, layout: WeightLayout = .outputsByInputs,
  quantized: Bool = false
) -> Tensor {
  let isTransposed = layout == .outputsByInputs
  requireShape(
    weight, isTransposed ? [nil, x.columnCount] : [x.columnCount, nil], "linear: weight")
  let forward = MatrixOperand(weight.detached, transposed: isTransposed)
  guard !quantized else { return integerProduct(x.detached, forward, bias: bias?.detached) }
  let result = product(x.detached, forward, bias: bias?.detached)
  return result.recorded("linear", from: [x, weight, bias]) { [x = x.saved] gradient in
    let backward = MatrixOperand(forward.tensor, transposed: !isTransposed)
    let gradient = gradient.converted(to: x.tensor.type)
    return [
      x.isTracked ? .dense(product(gradient, backward)) : nil,
      weight.isTracked
        ? .dense(
          isTransposed ? rowSumProduct(gradient, x.tensor) : rowSumProduct(x.tensor, gradient))
        : nil,
      bias?.isTracked == true ? .dense(columnSums(gradient)) : nil,
    ]
  }
}

/// What an operation keeps of an input for its way back.
///
/// Keeping the tensor itself would keep the graph behind it alive.
struct SavedInput {
  let tensor: Tensor
  let isTracked: Bool
}

extension Tensor {
  var saved: SavedInput { SavedInput(tensor: detached, isTracked: isTracked) }
}

/// The sum over all rows in fp32: [N, C] → [C].
func columnSums(_ x: Tensor) -> Tensor {
  let result = Tensor(undefined: [x.columnCount], .float32)
  apus_sum_rows(
    x.type.kernel, x.address, Int64(x.rowCount), Int64(x.columnCount), result.floats)
  return result
}

/// Traps unless a tensor has the expected sizes; nil stands for any size.
func requireShape(_ tensor: Tensor, _ expected: [Int?], _ operation: String) {
  let agrees =
    tensor.rank == expected.count
    && zip(tensor.shape, expected).allSatisfy { $1 == nil || $0 == $1 }
  precondition(agrees, "\(operation): expected shape \(sizes(expected)), got \(tensor.shape)")
}

private func sizes(_ expected: [Int?]) -> String {
  "[\(expected.map { $0.map(String.init) ?? "any" }.joined(separator: ", "))]"
}
