import CApusKernels

extension Tensor {
  /// The elements as another floating-point type.
  public func converted(to type: ScalarType) -> Tensor {
    guard type != self.type else { return self }
    precondition(
      type.isFloatingPoint && self.type.isFloatingPoint,
      "converted: expected floating-point types, got \(self.type) to \(type)")
    let result = Tensor(undefined: shape, type)
    apus_convert(self.type.kernel, address, type.kernel, result.address, Int64(count))
    let source = self.type
    return result.recorded("converted", from: [self]) { [.dense($0.converted(to: source))] }
  }
}
