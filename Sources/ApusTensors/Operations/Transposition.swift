import CApusKernels

extension Tensor {
  /// The elements with the last two axes exchanged.
  public func transposed() -> Tensor {
    precondition(rank >= 2, "transposed: expected two axes or more, got shape \(shape)")
    return permuted(Array(0..<rank - 2) + [rank - 1, rank - 2])
  }

  /// The elements with the axes in another order.
  ///
  /// - Parameter axes: For each axis of the result, the axis of this tensor that it was.
  /// - Returns: A copy in the new order.
  public func permuted(_ axes: [Int]) -> Tensor {
    precondition(
      axes.sorted() == Array(0..<rank), "permuted: expected an order of \(rank) axes, got \(axes)")
    precondition(
      rank <= APUS_MAX_AXES, "permuted: expected at most \(APUS_MAX_AXES) axes, got \(rank)")
    guard axes != Array(0..<rank) else { return self }
    var stride = 1
    var strides = shape
    for axis in shape.indices.reversed() {
      strides[axis] = stride
      stride *= shape[axis]
    }
    let result = Tensor(undefined: axes.map { shape[$0] }, type)
    apus_permute(
      type.kernel, address, Int32(rank), result.shape.map(Int64.init),
      axes.map { Int64(strides[$0]) }, result.address)
    var inverse = axes
    for (new, old) in axes.enumerated() { inverse[old] = new }
    return result.recorded("permuted", from: [self]) { [.dense($0.permuted(inverse))] }
  }
}
