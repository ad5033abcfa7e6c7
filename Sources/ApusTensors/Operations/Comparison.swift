import CApusKernels

/// Elementwise comparisons of broadcast operands, both Int32 or both floating-point: 1 where they
/// hold, else 0, as Float32. A number takes the type of the tensor.
extension Tensor {
  public func less(than other: Tensor) -> Tensor { compared(APUS_LESS, self, other) }
  public func lessOrEqual(to other: Tensor) -> Tensor { compared(APUS_LESS_OR_EQUAL, self, other) }
  public func greater(than other: Tensor) -> Tensor { compared(APUS_LESS, other, self) }
  public func greaterOrEqual(to other: Tensor) -> Tensor {
    compared(APUS_LESS_OR_EQUAL, other, self)
  }
  public func equal(to other: Tensor) -> Tensor { compared(APUS_EQUAL, self, other) }

  public func less(than other: Float) -> Tensor { less(than: Tensor(number: other, type)) }
  public func lessOrEqual(to other: Float) -> Tensor {
    lessOrEqual(to: Tensor(number: other, type))
  }
  public func greater(than other: Float) -> Tensor { greater(than: Tensor(number: other, type)) }
  public func greaterOrEqual(to other: Float) -> Tensor {
    greaterOrEqual(to: Tensor(number: other, type))
  }
  public func equal(to other: Float) -> Tensor { equal(to: Tensor(number: other, type)) }
}

private func compared(_ operation: apus_binary, _ a: Tensor, _ b: Tensor) -> Tensor {
  binary(
    operation, a, b, shape: broadcastShape(a.shape, b.shape, "comparison"), result: .float32)
}

/// The element of `a` where the mask is not 0, else that of `b`; all three are broadcast.
///
/// Unlike a sum of products with the mask, what is not selected has no influence, not even NaN.
public func selected(where mask: Tensor, _ a: Tensor, _ b: Tensor) -> Tensor {
  precondition(
    mask.type == .float32, "selected(where:): expected a float32 mask, got \(mask.type)")
  let shape = broadcastShape(
    mask.shape, broadcastShape(a.shape, b.shape, "selected(where:)"), "selected(where:)")
  let type = a.type.promoted(with: b.type)
  let mask = mask.detached.broadcast(to: shape)
  func select(_ a: Tensor, _ b: Tensor) -> Tensor {
    let (a, b) = (
      a.converted(to: type).broadcast(to: shape), b.converted(to: type).broadcast(to: shape)
    )
    let result = Tensor(undefined: shape, type)
    apus_select(
      mask.floats, type.kernel, a.address, b.address, result.address, Int64(result.count))
    withExtendedLifetime((a, b)) {}
    return result
  }
  return select(a.detached, b.detached).recorded("selected", from: [a, b]) {
    [a = a.operand, b = b.operand] gradient in
    let zero = Tensor(number: 0, type)
    return [a.gradient { select(gradient, zero) }, b.gradient { select(zero, gradient) }]
  }
}
