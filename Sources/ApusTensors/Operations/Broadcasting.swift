import CApusKernels

extension Tensor {
  /// The elements repeated to a larger shape.
  ///
  /// Axes are matched from the last; an axis of this tensor is missing, or 1, or of the new size.
  public func broadcast(to shape: [Int]) -> Tensor {
    guard shape != self.shape else { return self }
    let result = repeated(to: shape, scale: 1, type)
    let former = self.shape
    return result.recorded("broadcast", from: [self]) { [.dense($0.summed(to: former))] }
  }

  /// The elements repeated to a larger shape and multiplied with a number, without a graph.
  func repeated(to shape: [Int], scale: Float, _ type: ScalarType) -> Tensor {
    binary(APUS_MULTIPLY, detached, Tensor(scale), shape: shape, result: type)
  }

  /// The sum over the axes that broadcasting to this tensor's shape repeats, without a graph: how
  /// the gradient of a broadcast operand is made.
  func summed(to shape: [Int]) -> Tensor {
    guard shape != self.shape else { return self }
    let padded = Array(repeating: 1, count: rank - shape.count) + shape
    var result = detached
    var sizes = self.shape
    var end = rank
    while end > 0 {
      guard padded[end - 1] == 1, sizes[end - 1] != 1 else {
        end -= 1
        continue
      }
      var start = end - 1
      while start > 0, padded[start - 1] == 1 { start -= 1 }
      result = axisSum(result, AxisSplit(sizes, start..<end))
      for axis in start..<end { sizes[axis] = 1 }
      end = start
    }
    return result.reshaped(shape)
  }
}

/// The shape that elementwise operations on operands of two shapes give.
///
/// Shapes are matched from the last axis; sizes agree or one of them is 1 or missing.
func broadcastShape(_ a: [Int], _ b: [Int], _ operation: String) -> [Int] {
  let rank = max(a.count, b.count)
  return (0..<rank).map { axis in
    let first = axis < rank - a.count ? 1 : a[axis - (rank - a.count)]
    let second = axis < rank - b.count ? 1 : b[axis - (rank - b.count)]
    precondition(
      first == second || first == 1 || second == 1,
      "\(operation): expected shapes that broadcast, got \(a) and \(b)")
    return first == 1 ? second : first
  }
}

/// An elementwise operation on operands that are broadcast to a shape, without a graph.
func binary(
  _ operation: apus_binary, _ a: Tensor, _ b: Tensor, shape: [Int], result type: ScalarType
) -> Tensor {
  let result = Tensor(undefined: shape, type)
  guard result.count > 0 else { return result }
  var broadcast = apus_broadcast(a.shape, b.shape, to: shape)
  if a.type == .int32 && b.type == .int32 {
    apus_compare_ints(operation, &broadcast, a.ints, b.ints, result.floats)
  } else {
    precondition(
      a.type.isFloatingPoint && b.type.isFloatingPoint,
      "elementwise: expected floating-point operands, got \(a.type) and \(b.type)")
    apus_binary_operation(
      operation, &broadcast, a.type.kernel, a.address, b.type.kernel, b.address,
      type.kernel, result.address)
  }
  withExtendedLifetime((a, b)) {}
  return result
}

extension apus_broadcast {
  /// The axes of an elementwise operation, neighbours joined where both operands allow.
  init(_ a: [Int], _ b: [Int], to shape: [Int]) {
    self.init()
    let (aStrides, bStrides) = (strides(a, in: shape), strides(b, in: shape))
    var joined: [(size: Int, a: Int, b: Int)] = []
    for axis in shape.indices where shape[axis] != 1 {
      let next = (size: shape[axis], a: aStrides[axis], b: bStrides[axis])
      if let last = joined.last, last.a == next.a * next.size, last.b == next.b * next.size {
        joined[joined.count - 1] = (last.size * next.size, next.a, next.b)
      } else {
        joined.append(next)
      }
    }
    if joined.isEmpty { joined = [(1, 0, 0)] }
    precondition(
      joined.count <= APUS_MAX_AXES, "broadcasting: too many axes in \(shape)")
    axes = Int32(joined.count)
    withUnsafeMutableBytes(of: &self) { bytes in
      for (index, axis) in joined.enumerated() {
        for (field, value) in [(\Self.size, axis.size), (\.a_stride, axis.a), (\.b_stride, axis.b)]
        {
          bytes.storeBytes(
            of: Int64(value),
            toByteOffset: (MemoryLayout<Self>.offset(of: field) ?? 0)
              + index * MemoryLayout<Int64>.stride,
            as: Int64.self)
        }
      }
    }
  }
}

/// How far apart the neighbours along each axis of `shape` are in a contiguous tensor of another
/// shape: 0 where it is repeated.
private func strides(_ operand: [Int], in shape: [Int]) -> [Int] {
  var result = Array(repeating: 0, count: shape.count)
  var stride = 1
  let missing = shape.count - operand.count
  for axis in operand.indices.reversed() {
    precondition(
      missing >= 0 && (operand[axis] == shape[axis + missing] || operand[axis] == 1),
      "broadcasting: expected a shape that broadcasts to \(shape), got \(operand)")
    if operand[axis] != 1 { result[axis + missing] = stride }
    stride *= operand[axis]
  }
  return result
}
