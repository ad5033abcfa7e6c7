import CApusKernels

/// Elementwise arithmetic. Operands are broadcast; bf16 with fp32 gives fp32, and a number takes
/// the type of the tensor.
extension Tensor {
  public static func + (a: Tensor, b: Tensor) -> Tensor {
    elementwise("+", APUS_ADD, a, b) { [a = a.operand, b = b.operand] gradient in
      [a.gradient { gradient }, b.gradient { gradient }]
    }
  }

  public static func - (a: Tensor, b: Tensor) -> Tensor {
    elementwise("-", APUS_SUBTRACT, a, b) { [a = a.operand, b = b.operand] gradient in
      [a.gradient { gradient }, b.gradient { -gradient }]
    }
  }

  public static func * (a: Tensor, b: Tensor) -> Tensor {
    let saved = (a: b.isTracked ? a.detached : nil, b: a.isTracked ? b.detached : nil)
    return elementwise("*", APUS_MULTIPLY, a, b) { [a = a.operand, b = b.operand] gradient in
      [a.gradient(gradient, times: saved.b), b.gradient(gradient, times: saved.a)]
    }
  }

  public static func / (a: Tensor, b: Tensor) -> Tensor {
    let saved = (a: b.isTracked ? a.detached : nil, b: b.detached)
    return elementwise("/", APUS_DIVIDE, a, b) { [a = a.operand, b = b.operand] gradient in
      let quotient = binary(
        APUS_DIVIDE, gradient, saved.b, shape: gradient.shape, result: .float32)
      let factor = saved.a.map { -($0.converted(to: .float32) / saved.b) }
      return [a.gradient { quotient }, b.gradient(quotient, times: factor)]
    }
  }

  public static prefix func - (x: Tensor) -> Tensor { x.unary("-", APUS_NEGATE) }

  public static func + (a: Tensor, b: Float) -> Tensor { a + Tensor(number: b, a.type) }
  public static func + (a: Float, b: Tensor) -> Tensor { Tensor(number: a, b.type) + b }
  public static func - (a: Tensor, b: Float) -> Tensor { a - Tensor(number: b, a.type) }
  public static func - (a: Float, b: Tensor) -> Tensor { Tensor(number: a, b.type) - b }
  public static func * (a: Tensor, b: Float) -> Tensor { a * Tensor(number: b, a.type) }
  public static func * (a: Float, b: Tensor) -> Tensor { Tensor(number: a, b.type) * b }
  public static func / (a: Tensor, b: Float) -> Tensor { a / Tensor(number: b, a.type) }
  public static func / (a: Float, b: Tensor) -> Tensor { Tensor(number: a, b.type) / b }
}

/// The smaller of two elements each; where they are equal the gradient goes to the first.
public func minimum(_ a: Tensor, _ b: Tensor) -> Tensor {
  extremum("minimum", APUS_MINIMUM, a, b) { a.lessOrEqual(to: b) }
}

/// The greater of two elements each; where they are equal the gradient goes to the first.
public func maximum(_ a: Tensor, _ b: Tensor) -> Tensor {
  extremum("maximum", APUS_MAXIMUM, a, b) { b.lessOrEqual(to: a) }
}

private func extremum(
  _ name: String, _ operation: apus_binary, _ a: Tensor, _ b: Tensor, firstWins: () -> Tensor
) -> Tensor {
  let mask = isRecorded(a, b) ? firstWins() : nil
  return elementwise(name, operation, a, b) { [a = a.operand, b = b.operand] gradient in
    [a.gradient(gradient, times: mask), b.gradient(gradient, times: mask.map { 1 - $0 })]
  }
}

/// A recorded elementwise operation on broadcast operands.
func elementwise(
  _ name: String, _ operation: apus_binary, _ a: Tensor, _ b: Tensor,
  backward: @escaping (Tensor) -> [Gradient?]
) -> Tensor {
  precondition(
    a.type.isFloatingPoint && b.type.isFloatingPoint,
    "\(name): expected floating-point operands, got \(a.type) and \(b.type)")
  let result = binary(
    operation, a, b, shape: broadcastShape(a.shape, b.shape, name),
    result: a.type.promoted(with: b.type))
  return result.recorded(name, from: [a, b], backward: backward)
}

/// What the way back has to know of a broadcast operand.
struct BroadcastOperand {
  let shape: [Int]
  let type: ScalarType
  let isTracked: Bool

  /// The gradient summed over repetitions and in the operand's type; nothing is computed for an
  /// operand that is not tracked.
  func gradient(_ whole: () -> Tensor) -> Gradient? {
    isTracked ? .dense(whole().summed(to: shape).converted(to: type)) : nil
  }

  /// The gradient of an operand whose derivative is a factor; nil stands for a factor that was not
  /// kept because the operand is not tracked.
  func gradient(_ result: Tensor, times factor: Tensor?) -> Gradient? {
    guard let factor else { return nil }
    return gradient {
      // What will be summed is not rounded before.
      let type = result.shape == shape ? type : .float32
      return binary(APUS_MULTIPLY, result, factor, shape: result.shape, result: type)
    }
  }
}

extension Tensor {
  var operand: BroadcastOperand {
    BroadcastOperand(shape: shape, type: type, isTracked: isTracked)
  }

  /// A number as an operand that leaves the type of the other as it is.
  init(number: Float, _ type: ScalarType) {
    switch type {
    case .float32: self.init(number)
    case .bfloat16: self.init([BFloat16(number)], [])
    case .int32: self.init([Int32(number)], [])
    }
  }
}
