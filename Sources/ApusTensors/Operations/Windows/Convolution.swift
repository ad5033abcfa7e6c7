import CApusKernels

/// A convolution over time: each window's elements times weights.
///
/// What comes out for a sequence depends on that sequence alone; beyond its ends it counts as zero,
/// as far as the window has padding. A sequence too short for a window gives nothing.
///
/// - Parameters:
///   - x: Elements, Float32 or BFloat16; the result has the same type.
///   - weight: Float32, in PyTorch's layout for G groups of channels, each of which sees C / G
///     channels and gives O / G.
///   - bias: Float32.
///   - window: Of as many elements as the weight has.
///   - groupCount: G; with G = C = O each channel is a convolution of its own.
/// - Returns: An element for each window.
/// - Shapes: [N, C] → [M, O] over B sequences; weight [O, C / G, K], bias [O].
public func convolution(
  _ x: Sequences, _ weight: Tensor, _ bias: Tensor? = nil, over window: Window, groupCount: Int = 1
) -> Sequences {
  requireShape(x.values, [nil, nil], "convolution")
  requireShape(weight, [nil, nil, window.size], "convolution: weight")
  return convolution(
    x, weight.permuted([0, 2, 1]), bias, time: window, across: Window(1), groupCount: groupCount)
}

/// A convolution over time and across the bins of each element: images a row at a time, or spectra.
///
/// - Parameters:
///   - x: Elements, Float32 or BFloat16; the result has the same type.
///   - weight: Float32, in PyTorch's layout with time as the height and bins as the width.
///   - bias: Float32.
///   - time: Windows over the elements of a sequence.
///   - across: Windows over the bins of an element.
///   - groupCount: G groups of channels.
/// - Returns: An element for each window over time.
/// - Shapes: [N, F, C] → [M, F′, O] over B sequences; weight [O, C / G, K, L], bias [O].
public func convolution(
  _ x: Sequences, _ weight: Tensor, _ bias: Tensor? = nil, over time: Window, across: Window,
  groupCount: Int = 1
) -> Sequences {
  requireShape(x.values, [nil, nil, nil], "convolution")
  requireShape(weight, [nil, nil, time.size, across.size], "convolution: weight")
  return convolution(
    x, weight.permuted([0, 2, 3, 1]), bias, time: time, across: across, groupCount: groupCount)
}

/// With weights whose channels come last, [O, …, C / G].
private func convolution(
  _ x: Sequences, _ weight: Tensor, _ bias: Tensor?, time: Window, across: Window, groupCount: Int
) -> Sequences {
  let outputs = weight.shape[0]
  let matrix = weight.reshaped([outputs, weight.count / max(1, outputs)])
  if let bias { requireShape(bias, [outputs], "convolution: bias") }
  if groupCount == 1, time.isIdentity, across.isIdentity {
    return x.map { linear($0, matrix, bias) }
  }
  let grid = WindowGrid(over: x, time: time, across: across)
  let shape =
    [grid.windowCount] + x.elementShape(bins: grid.windowBinCount, channels: outputs)
  if groupCount > 1, groupCount == grid.channelCount, groupCount == outputs {
    return Sequences(
      depthwise(x.values, matrix, bias, grid).reshaped(shape), offsets: grid.windowOffsets)
  }
  let product = WindowProduct(grid, groupCount: groupCount, matrix, "convolution")
  let values = product.contracted(x.values.detached, bias: bias).reshaped(shape)
  let recorded = values.recorded("convolution", from: [x.values, matrix, bias]) {
    [
      x = x.values.saved, isWeightTracked = matrix.isTracked,
      isBiasTracked = bias?.isTracked == true
    ]
    gradient in
    let gradient = gradient.converted(to: x.tensor.type)
    return [
      x.isTracked
        ? .dense(
          product.expanded(gradient).reshaped(x.tensor.shape).converted(to: x.tensor.type)) : nil,
      isWeightTracked
        ? .dense(product.weightGradient(windows: gradient, pixels: x.tensor)) : nil,
      isBiasTracked ? .dense(columnSums(gradient)) : nil,
    ]
  }
  return Sequences(recorded, offsets: grid.windowOffsets)
}

/// Each channel convolved with weights of its own: [N, F, C] → [M · F′, C].
///
/// - Shapes: matrix [C, taps]
private func depthwise(
  _ x: Tensor, _ matrix: Tensor, _ bias: Tensor?, _ grid: WindowGrid
) -> Tensor {
  requireShape(matrix, [grid.channelCount, grid.tapCount], "convolution: weight")
  let taps = matrix.detached.transposed()
  let result = Tensor(
    undefined: [grid.windowCount * grid.windowBinCount, grid.channelCount], x.type)
  grid.withKernel {
    apus_depthwise($0, x.type.kernel, x.address, taps.floats, bias?.floats, result.address)
  }
  return result.recorded("depthwise", from: [x, matrix, bias]) {
    [x = x.saved, isWeightTracked = matrix.isTracked, isBiasTracked = bias?.isTracked == true]
    gradient in
    let type = x.tensor.type
    let gradient = gradient.converted(to: type)
    var dx: Tensor?
    var weightGradient: Tensor?
    grid.withKernel { kernel in
      if x.isTracked {
        let result = Tensor(undefined: x.tensor.shape, type)
        apus_depthwise_backward(
          kernel, type.kernel, gradient.address, taps.floats, result.address)
        dx = result
      }
      if isWeightTracked {
        let sum = Tensor(undefined: taps.shape, .float32)
        apus_depthwise_weight_gradient(
          kernel, type.kernel, x.tensor.address, gradient.address, sum.floats)
        weightGradient = sum.transposed()
      }
    }
    withExtendedLifetime((gradient, x)) {}
    return [
      dx.map(Gradient.dense), weightGradient.map(Gradient.dense),
      isBiasTracked ? .dense(columnSums(gradient)) : nil,
    ]
  }
}
