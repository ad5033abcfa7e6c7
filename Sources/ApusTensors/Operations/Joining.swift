import CApusKernels

/// Tensors end to end along an axis; all other sizes and the types agree.
public func concatenated(_ tensors: [Tensor], axis: Int = 0) -> Tensor {
  guard let first = tensors.first else { preconditionFailure("concatenated: got no tensors") }
  let axis = first.normalized(axis)
  for tensor in tensors {
    precondition(
      tensor.rank == first.rank && tensor.type == first.type
        && tensor.shape.indices.allSatisfy { $0 == axis || tensor.shape[$0] == first.shape[$0] },
      "concatenated: expected \(first.type) \(first.shape), got \(tensor.type) \(tensor.shape)")
  }
  let sizes = tensors.map { $0.shape[axis] }
  var shape = first.shape
  shape[axis] = sizes.reduce(0, +)
  let result = Tensor(undefined: shape, first.type)
  let whole = AxisRuns(shape, axis, first.type)
  var start = 0
  for tensor in tensors {
    let part = AxisRuns(tensor.shape, axis, tensor.type)
    apus_copy_runs(
      tensor.address, part.byteCount, result.address + start * whole.stepByteCount,
      whole.byteCount, part.byteCount, whole.count)
    start += tensor.shape[axis]
  }
  return result.recorded("concatenated", from: tensors) { gradient in
    split(gradient, sizes, axis: axis).map(Gradient.dense)
  }
}

extension Tensor {
  /// Consecutive parts along an axis, of the given sizes.
  public func split(_ sizes: [Int], axis: Int) -> [Tensor] {
    let axis = normalized(axis)
    precondition(
      sizes.reduce(0, +) == shape[axis] && sizes.allSatisfy { $0 >= 0 },
      "split: expected sizes with the sum \(shape[axis]), got \(sizes)")
    let (shape, type) = (shape, type)
    return ApusTensors.recorded(
      "split", ApusTensors.split(detached, sizes, axis: axis), from: [self]
    ) {
      gradients in
      let parts = zip(gradients, sizes).map { gradient, size in
        var part = shape
        part[axis] = size
        return gradient?.converted(to: type) ?? .zeros(part, type)
      }
      return [.dense(concatenated(parts, axis: axis))]
    }
  }

  /// A range along an axis, as a tensor of its own.
  public func slice(_ range: Range<Int>, axis: Int) -> Tensor {
    let axis = normalized(axis)
    precondition(
      range.lowerBound >= 0 && range.upperBound <= shape[axis],
      "slice: expected a range in 0..<\(shape[axis]), got \(range)")
    var part = shape
    part[axis] = range.count
    let result = Tensor(undefined: part, type)
    let (whole, runs) = (AxisRuns(shape, axis, type), AxisRuns(part, axis, type))
    apus_copy_runs(
      address + range.lowerBound * whole.stepByteCount, whole.byteCount, result.address,
      runs.byteCount, runs.byteCount, runs.count)
    let (shape, type) = (shape, type)
    return result.recorded("slice", from: [self]) { gradient in
      let gradient = gradient.converted(to: type)
      let sum = Tensor.zeros(shape, type)
      apus_copy_runs(
        gradient.address, runs.byteCount, sum.address + range.lowerBound * whole.stepByteCount,
        whole.byteCount, runs.byteCount, runs.count)
      withExtendedLifetime(gradient) {}
      return [.dense(sum)]
    }
  }

  /// A range of each row: [N, C] → [N, range].
  public func columns(_ range: Range<Int>) -> Tensor { slice(range, axis: -1) }
}

/// The parts of a tensor along an axis, without a graph.
private func split(_ x: Tensor, _ sizes: [Int], axis: Int) -> [Tensor] {
  var start = 0
  return sizes.map { size in
    defer { start += size }
    return x.slice(start..<start + size, axis: axis)
  }
}

/// A tensor seen as runs of bytes: what follows one index of the axes before a given one.
private struct AxisRuns {
  let count: Int64
  let byteCount: Int64
  /// The bytes of one step along the axis.
  let stepByteCount: Int

  init(_ shape: [Int], _ axis: Int, _ type: ScalarType) {
    stepByteCount = shape[(axis + 1)...].reduce(type.byteCount, *)
    byteCount = Int64(stepByteCount * shape[axis])
    count = Int64(shape[..<axis].reduce(1, *))
  }
}
