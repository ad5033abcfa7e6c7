import CApusKernels

/// A transposed convolution over time: each element spread over the window that it stands for.
///
/// It makes sequences longer by the stride, as the gradient of a convolution does.
///
/// - Parameters:
///   - x: Elements, Float32 or BFloat16; the result has the same type.
///   - weight: Float32, in PyTorch's layout for G groups of channels.
///   - bias: Float32.
///   - window: The windows over the result that the elements stand for.
///   - excess: Elements at the end of the result that no further window covers: PyTorch's
///     `output_padding`.
///   - groupCount: G.
/// - Returns: `window.length(under:)` elements for each sequence.
/// - Shapes: [M, C] → [N, O] over B sequences; weight [C, O / G, K], bias [O].
public func transposedConvolution(
  _ x: Sequences, _ weight: Tensor, _ bias: Tensor? = nil, over window: Window, excess: Int = 0,
  groupCount: Int = 1
) -> Sequences {
  requireShape(x.values, [nil, nil], "transposedConvolution")
  requireShape(weight, [x.values.columnCount, nil, window.size], "transposedConvolution: weight")
  return transposedConvolution(
    x, weight.permuted([0, 2, 1]), bias, time: window, across: Window(1), excess: (excess, 0),
    groupCount: groupCount)
}

/// A transposed convolution over time and across the bins of each element.
///
/// - Parameters:
///   - x: Elements, Float32 or BFloat16; the result has the same type.
///   - weight: Float32, in PyTorch's layout with time as the height and bins as the width.
///   - bias: Float32.
///   - time: Windows over the elements of the result.
///   - across: Windows over the bins of the result.
///   - excess: Elements and bins at the end that no further window covers.
///   - groupCount: G groups of channels.
/// - Returns: `time.length(under:)` elements for each sequence.
/// - Shapes: [M, F′, C] → [N, F, O] over B sequences; weight [C, O / G, K, L], bias [O].
public func transposedConvolution(
  _ x: Sequences, _ weight: Tensor, _ bias: Tensor? = nil, over time: Window, across: Window,
  excess: (time: Int, across: Int) = (0, 0), groupCount: Int = 1
) -> Sequences {
  requireShape(x.values, [nil, nil, nil], "transposedConvolution")
  requireShape(
    weight, [x.values.columnCount, nil, time.size, across.size], "transposedConvolution: weight")
  return transposedConvolution(
    x, weight.permuted([0, 2, 3, 1]), bias, time: time, across: across,
    excess: (excess.time, excess.across), groupCount: groupCount)
}

/// With weights whose channels come last, [C, …, O / G].
private func transposedConvolution(
  _ x: Sequences, _ weight: Tensor, _ bias: Tensor?, time: Window, across: Window,
  excess: (Int, Int), groupCount: Int
) -> Sequences {
  let outputs = weight.columnCount * groupCount
  let matrix = weight.reshaped([weight.shape[0], weight.count / max(1, weight.shape[0])])
  if let bias { requireShape(bias, [outputs], "transposedConvolution: bias") }
  let grid = WindowGrid(
    under: x, channelCount: outputs, time: time, across: across, excess: excess)
  let product = WindowProduct(grid, groupCount: groupCount, matrix, "transposedConvolution")
  let type = x.values.type
  let sum = product.expanded(x.values.detached)
  let values = bias.map { binary(APUS_ADD, sum, $0.detached, shape: sum.shape, result: type) }
  let result = (values ?? sum.converted(to: type))
    .reshaped([grid.elementCount] + x.elementShape(bins: grid.binCount, channels: outputs))
  let recorded = result.recorded("transposedConvolution", from: [x.values, matrix, bias]) {
    [
      x = x.values.saved, isWeightTracked = matrix.isTracked,
      isBiasTracked = bias?.isTracked == true
    ]
    gradient in
    let gradient = gradient.converted(to: type)
    return [
      x.isTracked
        ? .dense(product.contracted(gradient, bias: nil).reshaped(x.tensor.shape)) : nil,
      isWeightTracked
        ? .dense(product.weightGradient(windows: x.tensor, pixels: gradient)) : nil,
      isBiasTracked ? .dense(columnSums(gradient)) : nil,
    ]
  }
  return Sequences(recorded, offsets: grid.offsets)
}
