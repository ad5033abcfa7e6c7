import CApusKernels

/// Each row with mean 0 and variance 1, then scaled and shifted.
///
/// Moments are computed in Float32 whatever the types of input and result.
///
/// - Shapes: [N, C] → [N, C]; weight and bias [C].
/// - Source: Ba et al. 2016.
public func layerNorm(
  _ x: Tensor, _ weight: Tensor, _ bias: Tensor, epsilon: Float, result: ScalarType? = nil
) -> Tensor {
  let norm = NormPass(
    x, delta: nil, dropout: nil, weight, bias, epsilon: epsilon, result: result ?? x.type)
  return norm.normalized.recorded("layerNorm", from: [x, weight, bias]) { gradient in
    norm.backward(normalized: gradient, sum: nil).withoutDelta
  }
}

/// A residual sum and its layer norm: sum = x + dropout(delta), normalized = layerNorm(sum).
///
/// - Returns: The sum in the type of `x`, and the normalised rows in the type `result`.
/// - Shapes: x, delta, sum, normalized [N, C]; weight and bias [C].
public func addLayerNorm(
  _ x: Tensor, _ delta: Tensor, dropout: Dropped? = nil, _ weight: Tensor, _ bias: Tensor,
  epsilon: Float, result: ScalarType
) -> (sum: Tensor, normalized: Tensor) {
  let norm = NormPass(
    x, delta: delta, dropout: dropout, weight, bias, epsilon: epsilon, result: result)
  let results = recorded(
    "addLayerNorm", [norm.sum, norm.normalized], from: [x, delta, weight, bias]
  ) { gradients in
    norm.backward(normalized: gradients[1], sum: gradients[0]).all
  }
  return (results[0], results[1])
}

/// The forward pass of a layer norm and what its backward pass needs of it.
private struct NormPass {
  let sum, normalized: Tensor
  private let weight, means, inverseDeviations: Tensor
  private let shape: apus_norm_shape
  private let hasDelta: Bool

  init(
    _ x: Tensor, delta: Tensor?, dropout: Dropped?, _ weight: Tensor, _ bias: Tensor,
    epsilon: Float, result: ScalarType
  ) {
    requireShape(weight, [x.columnCount], "layerNorm: weight")
    requireShape(bias, [x.columnCount], "layerNorm: bias")
    if let delta { requireShape(delta, x.shape, "addLayerNorm: delta") }
    shape = apus_norm_shape(
      rows: Int64(x.rowCount), columns: Int64(x.columnCount), epsilon: epsilon,
      x_type: x.type.kernel, delta_type: (delta ?? x).type.kernel, y_type: result.kernel,
      dropped: dropout.kernel)
    hasDelta = delta != nil
    sum = delta == nil ? x.detached : Tensor(undefined: x.shape, x.type)
    normalized = Tensor(undefined: x.shape, result)
    self.weight = weight.detached
    means = Tensor(undefined: [x.rowCount], .float32)
    inverseDeviations = Tensor(undefined: [x.rowCount], .float32)
    withUnsafePointer(to: shape) {
      apus_layer_norm(
        $0, x.address, delta?.address, weight.floats, bias.floats, sum.address,
        normalized.address, means.floats, inverseDeviations.floats)
    }
  }

  struct Gradients {
    let x, delta, weight, bias: Tensor
    var all: [Gradient?] { [.dense(x), .dense(delta), .dense(weight), .dense(bias)] }
    var withoutDelta: [Gradient?] { [.dense(x), .dense(weight), .dense(bias)] }
  }

  func backward(normalized: Tensor?, sum sumGradient: Tensor?) -> Gradients {
    let gradient = (normalized ?? .zeros(self.normalized.shape)).converted(
      to: self.normalized.type)
    let sumGradient = sumGradient?.converted(to: sum.type)
    let dx = Tensor(undefined: sum.shape, sum.type)
    let deltaType: ScalarType = shape.delta_type == APUS_BFLOAT16 ? .bfloat16 : .float32
    // Without dropout and with one type, both inputs of the sum have the same gradient.
    let isShared = shape.dropped.rate == 0 && deltaType == sum.type
    let dDelta = !hasDelta || isShared ? dx : Tensor(undefined: sum.shape, deltaType)
    let dWeight = Tensor(undefined: weight.shape, .float32)
    let dBias = Tensor(undefined: weight.shape, .float32)
    let partials = Tensor(
      undefined: [Int(apus_layer_norm_partial_count(shape.rows)), 2, weight.count], .float32)
    withUnsafePointer(to: shape) {
      apus_layer_norm_backward(
        $0, sum.address, weight.floats, means.floats, inverseDeviations.floats, gradient.address,
        sumGradient?.address, dx.address, !hasDelta || isShared ? nil : dDelta.address,
        dWeight.floats, dBias.floats, partials.floats)
    }
    withExtendedLifetime((gradient, sumGradient)) {}
    return Gradients(x: dx, delta: dDelta, weight: dWeight, bias: dBias)
  }
}
