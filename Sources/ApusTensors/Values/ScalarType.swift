import CApusKernels

/// The type of a tensor's elements.
public enum ScalarType: String, Sendable, Hashable, Codable, CaseIterable {
  case float32
  case bfloat16
  case int32

  public var byteCount: Int { self == .bfloat16 ? 2 : 4 }
  public var isFloatingPoint: Bool { self != .int32 }

  var kernel: apus_type {
    switch self {
    case .float32: APUS_FLOAT32
    case .bfloat16: APUS_BFLOAT16
    case .int32: APUS_INT32
    }
  }

  /// The type that elementwise operations on both give: bf16 with fp32 is fp32.
  func promoted(with other: ScalarType) -> ScalarType { self == other ? self : .float32 }
}

/// A Swift type that tensors are made from and read as.
public protocol TensorScalar: Sendable {
  static var scalarType: ScalarType { get }
}

extension Float: TensorScalar {
  public static var scalarType: ScalarType { .float32 }
}

extension Int32: TensorScalar {
  public static var scalarType: ScalarType { .int32 }
}

extension BFloat16: TensorScalar {
  public static var scalarType: ScalarType { .bfloat16 }
}
