import CApusKernels

extension Tensor {
  public func exp() -> Tensor { unary("exp", APUS_EXP) }
  /// The natural logarithm.
  public func log() -> Tensor { unary("log", APUS_LOG) }
  public func squareRoot() -> Tensor { unary("squareRoot", APUS_SQUARE_ROOT) }
  public func square() -> Tensor { unary("square", APUS_SQUARE) }
  /// The magnitude; its derivative at 0 is 0.
  public func abs() -> Tensor { unary("abs", APUS_ABSOLUTE) }
  public func pow(_ exponent: Float) -> Tensor { unary("pow", APUS_POWER, exponent) }
  /// ln(1 + eˣ), without overflow or cancellation.
  public func softplus() -> Tensor { unary("softplus", APUS_SOFTPLUS) }

  /// The elements limited to a range; the derivative is 1 in it, its ends included.
  public func clamped(to range: ClosedRange<Float>) -> Tensor {
    unary("clamped", APUS_CLAMP, range.lowerBound, range.upperBound)
  }

  /// A recorded function of each element.
  func unary(_ name: String, _ operation: apus_unary, _ p: Float = 0, _ q: Float = 0) -> Tensor {
    precondition(type.isFloatingPoint, "\(name): expected floating-point elements, got \(type)")
    let result = Tensor(undefined: shape, type)
    apus_unary_forward(
      operation, p, q, type.kernel, address, type.kernel, result.address, Int64(count))
    guard isRecorded(self) else { return result }
    let saved = apus_unary_saves_result(operation) ? result : detached
    return result.recorded(name, from: [self]) { gradient in
      let input = Tensor(undefined: saved.shape, saved.type)
      apus_unary_backward(
        operation, p, q, saved.type.kernel, saved.address, gradient.type.kernel, gradient.address,
        input.type.kernel, input.address, Int64(input.count))
      return [.dense(input)]
    }
  }
}
