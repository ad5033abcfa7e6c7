import CApusKernels

/// One vector for each sequence; of the batch's rows, each sequence's own alone count.
extension Sequences {
  /// The greatest value of each channel; 0 for a sequence without elements.
  ///
  /// A NaN counts as greater than any number. The gradient goes to the element that was found, the
  /// first of equals.
  ///
  /// - Shapes: [N, C] → [B, C], in the type of the elements.
  public var maxima: Tensor {
    requireShape(values, [nil, nil], "maxima")
    let (x, columns, starts) = (values, Int64(values.columnCount), offsets.map(Int64.init))
    let result = Tensor(undefined: [count, x.columnCount], x.type)
    let positions = Tensor(undefined: result.shape, .int32)
    apus_sequence_max(
      x.type.kernel, x.address, starts, Int64(count), columns, result.address, positions.ints)
    withExtendedLifetime(x) {}
    let (shape, type) = (x.shape, x.type)
    return result.recorded("maxima", from: [x]) { gradient in
      let gradient = gradient.converted(to: type)
      let input = Tensor(undefined: shape, type)
      apus_sequence_max_backward(
        type.kernel, gradient.address, positions.ints, starts, Int64(starts.count - 1), columns,
        input.address)
      withExtendedLifetime(gradient) {}
      return [.dense(input)]
    }
  }

  /// The mean of each channel; 0 for a sequence without elements.
  ///
  /// - Shapes: [N, C] → [B, C], Float32.
  public var means: Tensor { sums("means", times: lengths.map { 1 / Float(Swift.max($0, 1)) }) }

  /// The sum of each channel.
  ///
  /// - Shapes: [N, C] → [B, C], Float32.
  public var sums: Tensor { sums("sums", times: lengths.map { _ in 1 }) }

  /// The sum of each channel over the square root of the number of elements.
  ///
  /// - Shapes: [N, C] → [B, C], Float32.
  public var rootLengthMeans: Tensor {
    sums("rootLengthMeans", times: lengths.map { 1 / Float(Swift.max($0, 1)).squareRoot() })
  }

  private func sums(_ name: String, times scales: [Float]) -> Tensor {
    requireShape(values, [nil, nil], name)
    let (x, columns, starts) = (values, Int64(values.columnCount), offsets.map(Int64.init))
    let result = Tensor(undefined: [count, x.columnCount], .float32)
    apus_sequence_sum(
      x.type.kernel, x.address, starts, Int64(count), columns, scales, result.floats)
    withExtendedLifetime(x) {}
    let (shape, type) = (x.shape, x.type)
    return result.recorded(name, from: [x]) { gradient in
      let gradient = gradient.converted(to: .float32)
      let input = Tensor(undefined: shape, type)
      apus_sequence_sum_backward(
        gradient.floats, starts, Int64(starts.count - 1), columns, scales, type.kernel,
        input.address)
      withExtendedLifetime(gradient) {}
      return [.dense(input)]
    }
  }
}
