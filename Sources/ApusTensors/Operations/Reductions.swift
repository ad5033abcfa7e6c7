import CApusKernels

/// Reductions over an axis or all elements. Negative axes count from the last. Sums, means and
/// variances are accumulated and returned in Float32, in an order that depends on the shape alone.
extension Tensor {
  /// The sum of all elements: a scalar.
  public func sum() -> Tensor { reduced("sum", over: 0..<rank, keepsAxis: false, scale: 1) }

  public func sum(axis: Int, keepsAxis: Bool = false) -> Tensor {
    let axis = normalized(axis)
    return reduced("sum", over: axis..<axis + 1, keepsAxis: keepsAxis, scale: 1)
  }

  /// The mean of all elements, of which there is one at least: a scalar.
  public func mean() -> Tensor {
    precondition(count > 0, "mean: expected elements, got shape \(shape)")
    return reduced("mean", over: 0..<rank, keepsAxis: false, scale: 1 / Float(count))
  }

  public func mean(axis: Int, keepsAxis: Bool = false) -> Tensor {
    let axis = normalized(axis)
    precondition(shape[axis] > 0, "mean: expected elements, got shape \(shape)")
    return reduced(
      "mean", over: axis..<axis + 1, keepsAxis: keepsAxis, scale: 1 / Float(shape[axis]))
  }

  /// The mean squared deviation from the mean: divided by the size, not by one less.
  public func variance(axis: Int, keepsAxis: Bool = false) -> Tensor {
    (self - mean(axis: axis, keepsAxis: true)).square().mean(axis: axis, keepsAxis: keepsAxis)
  }

  /// The greatest elements along an axis and where they first stand, as Int32.
  ///
  /// A NaN counts as greater than any number. The gradient goes to the element that was found.
  public func max(axis: Int, keepsAxis: Bool = false) -> (values: Tensor, positions: Tensor) {
    let axis = normalized(axis)
    precondition(
      type.isFloatingPoint && shape[axis] > 0,
      "max: expected floating-point elements along axis \(axis), got \(type) \(shape)")
    let split = AxisSplit(shape, axis..<axis + 1)
    let values = Tensor(undefined: split.reduced(keepsAxis: keepsAxis), type)
    let positions = Tensor(undefined: values.shape, .int32)
    apus_max(
      type.kernel, address, Int64(split.outer), Int64(split.axis), Int64(split.inner),
      values.address, positions.ints)
    let (shape, type) = (shape, type)
    let recorded = values.recorded("max", from: [self]) { gradient in
      let input = Tensor(undefined: shape, type)
      apus_place(
        gradient.type.kernel, gradient.address, positions.ints, Int64(split.outer),
        Int64(split.axis), Int64(split.inner), type.kernel, input.address)
      return [.dense(input)]
    }
    return (recorded, positions)
  }

  /// Where the greatest elements along an axis first stand, as Int32.
  public func argmax(axis: Int, keepsAxis: Bool = false) -> Tensor {
    detached.max(axis: axis, keepsAxis: keepsAxis).positions
  }

  private func reduced(
    _ name: String, over axes: Range<Int>, keepsAxis: Bool, scale: Float
  ) -> Tensor {
    precondition(type.isFloatingPoint, "\(name): expected floating-point elements, got \(type)")
    let split = AxisSplit(shape, axes)
    let result = axisSum(detached, split, scale: scale).reshaped(
      split.reduced(keepsAxis: keepsAxis))
    let (shape, type) = (shape, type)
    return result.recorded(name, from: [self]) { gradient in
      [
        .dense(
          gradient.reshaped(split.reduced(keepsAxis: true)).repeated(to: shape, scale: scale, type))
      ]
    }
  }

  func normalized(_ axis: Int) -> Int {
    let result = axis < 0 ? axis + rank : axis
    precondition(
      result >= 0 && result < rank, "axis: expected one of \(rank) axes, got \(axis) of \(shape)")
    return result
  }
}

/// A shape seen as [outer, axis, inner] around neighbouring axes.
struct AxisSplit {
  let shape: [Int]
  let axes: Range<Int>

  init(_ shape: [Int], _ axes: Range<Int>) {
    self.shape = shape
    self.axes = axes
  }

  var outer: Int { shape[..<axes.lowerBound].reduce(1, *) }
  var axis: Int { shape[axes].reduce(1, *) }
  var inner: Int { shape[axes.upperBound...].reduce(1, *) }

  /// The shape without the axes, or with 1 in their place.
  func reduced(keepsAxis: Bool) -> [Int] {
    shape[..<axes.lowerBound] + (keepsAxis ? axes.map { _ in 1 } : []) + shape[axes.upperBound...]
  }
}

/// The sum over axes times a number, in Float32 and without a graph.
///
/// - Shapes: → [outer, inner]
func axisSum(_ x: Tensor, _ split: AxisSplit, scale: Float = 1) -> Tensor {
  let blockSize = 4096
  if split.outer == 1, split.inner == 1, x.count >= 4 * blockSize {
    // One long row is summed in blocks, which all threads share.
    let whole = x.count / blockSize * blockSize
    let row = x.reshaped([x.count])
    let blocks = axisSum(
      row.rows(0..<whole), AxisSplit([whole / blockSize, blockSize], 1..<2))
    let rest = axisSum(row.rows(whole..<x.count), AxisSplit([x.count - whole], 0..<1))
    let parts = concatenated([blocks.reshaped([blocks.count]), rest.reshaped([1])])
    return axisSum(parts, AxisSplit([parts.count], 0..<1), scale: scale)
  }
  let result = Tensor(undefined: [split.outer, split.inner], .float32)
  apus_sum(
    x.type.kernel, x.address, Int64(split.outer), Int64(split.axis), Int64(split.inner), scale,
    result.floats)
  return result
}
