import CApusKernels

/// The moments of the channels of a batch.
public struct ChannelMoments: Sendable {
  /// [C], Float32.
  public let means: Tensor
  /// The mean squared deviations from the means, divided by the number of rows: [C], Float32.
  public let variances: Tensor

  public init(means: Tensor, variances: Tensor) {
    self.means = means
    self.variances = variances
  }
}

/// Each channel with mean 0 and variance 1 over all rows, then scaled and shifted.
///
/// There is no padding, so that every row is a real element and the moments are those of the data.
///
/// - Parameters:
///   - x: Rows, one at least, Float32 or BFloat16; the result has the same type.
///   - weight: Float32.
///   - bias: Float32.
///   - epsilon: What is added to variances.
///   - given: Moments to use, as constants; without them those of the rows, through which gradients
///     flow.
/// - Returns: The rows, and the moments that they were normalised with.
/// - Shapes: [N, C] or [N, F, C] → the same; weight and bias [C].
/// - Source: Ioffe & Szegedy 2015.
public func batchNorm(
  _ x: Tensor, _ weight: Tensor, _ bias: Tensor, epsilon: Float,
  moments given: ChannelMoments? = nil
) -> (normalized: Tensor, moments: ChannelMoments) {
  let columns = x.columnCount
  requireShape(weight, [columns], "batchNorm: weight")
  requireShape(bias, [columns], "batchNorm: bias")
  precondition(x.rowCount > 0 || given != nil, "batchNorm: expected rows, got shape \(x.shape)")
  let shape = apus_batch_shape(
    type: x.type.kernel, rows: Int64(x.rowCount), columns: Int64(columns))
  let blockCount = (x.rowCount + Int(APUS_BATCH_ROWS) - 1) / Int(APUS_BATCH_ROWS)
  let moments = given ?? batchMoments(x, shape, blockCount: blockCount)
  requireShape(moments.means, [columns], "batchNorm: means")
  requireShape(moments.variances, [columns], "batchNorm: variances")
  let means = moments.means.detached
  let inverses = 1 / (moments.variances.detached + epsilon).squareRoot()
  let (saved, savedWeight) = (x.saved, weight.detached)
  let result = Tensor(undefined: x.shape, x.type)
  apus_batch_norm(
    shape, x.address, means.floats, inverses.floats, weight.floats, bias.floats, result.address)
  withExtendedLifetime((x, weight, bias)) {}
  let recorded = result.recorded("batchNorm", from: [x, weight, bias]) { gradient in
    let gradient = gradient.converted(to: saved.tensor.type)
    let (weightGradient, biasGradient) = (
      Tensor(undefined: [columns], .float32), Tensor(undefined: [columns], .float32)
    )
    let partials = Tensor(undefined: [blockCount, 2, columns], .float32)
    apus_batch_norm_sums(
      shape, saved.tensor.address, gradient.address, means.floats, inverses.floats,
      weightGradient.floats, biasGradient.floats, partials.floats)
    var dx: Tensor?
    if saved.isTracked {
      let input = Tensor(undefined: saved.tensor.shape, saved.tensor.type)
      apus_batch_norm_backward(
        shape, given != nil, saved.tensor.address, gradient.address, means.floats,
        inverses.floats, savedWeight.floats, weightGradient.floats, biasGradient.floats,
        input.address)
      dx = input
    }
    withExtendedLifetime(gradient) {}
    return [dx.map(Gradient.dense), .dense(weightGradient), .dense(biasGradient)]
  }
  return (recorded, ChannelMoments(means: means, variances: moments.variances.detached))
}

private func batchMoments(
  _ x: Tensor, _ shape: apus_batch_shape, blockCount: Int
) -> ChannelMoments {
  let columns = x.columnCount
  let means = Tensor(undefined: [columns], .float32)
  let variances = Tensor(undefined: [columns], .float32)
  let partials = Tensor(undefined: [blockCount, columns], .float32)
  apus_batch_moments(shape, x.address, means.floats, variances.floats, partials.floats)
  withExtendedLifetime(x) {}
  return ChannelMoments(means: means, variances: variances)
}
