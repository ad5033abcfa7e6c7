import CApusKernels

extension Tensor {
  /// The exponentials of each row divided by their sum.
  public func softmax() -> Tensor { softmax("softmax", logarithm: false) }

  /// The logarithm of `softmax()`, without its rounding to zero.
  public func logSoftmax() -> Tensor { softmax("logSoftmax", logarithm: true) }

  private func softmax(_ name: String, logarithm: Bool) -> Tensor {
    precondition(
      type.isFloatingPoint && rank > 0,
      "\(name): expected rows of floating-point elements, got \(type) \(shape)")
    let result = Tensor(undefined: shape, type)
    apus_softmax(
      logarithm, type.kernel, address, Int64(rowCount), Int64(columnCount), type.kernel,
      result.address)
    return result.recorded(name, from: [self]) { gradient in
      let input = Tensor(undefined: result.shape, result.type)
      apus_softmax_backward(
        logarithm, result.type.kernel, result.address, gradient.type.kernel, gradient.address,
        Int64(result.rowCount), Int64(result.columnCount), input.type.kernel, input.address)
      return [.dense(input)]
    }
  }
}
