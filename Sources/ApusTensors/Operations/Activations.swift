import CApusKernels

/// Activation functions: of each element unless said otherwise, in one pass each way, computed in
/// Float32 whatever the type of the elements.
extension Tensor {
  /// The forms of GELU.
  public enum GELUApproximation: Sendable {
    case none
    /// With a tanh for the normal distribution, as in GPT-2; up to 5·10⁻⁴ off.
    case tanh
  }

  /// x·Φ(x), with Φ the standard normal distribution.
  ///
  /// - Source: Hendrycks & Gimpel 2016.
  public func gelu(approximate: GELUApproximation = .none) -> Tensor {
    unary("gelu", approximate == .tanh ? APUS_GELU_TANH : APUS_GELU)
  }

  public func relu() -> Tensor { unary("relu", APUS_RELU) }

  /// x, or slope·x where negative.
  public func leakyReLU(slope: Float = 0.01) -> Tensor {
    unary("leakyReLU", APUS_LEAKY_RELU, slope)
  }

  /// x·sigmoid(x), also called swish.
  public func silu() -> Tensor { unary("silu", APUS_SILU) }
  public func sigmoid() -> Tensor { unary("sigmoid", APUS_SIGMOID) }
  public func tanh() -> Tensor { unary("tanh", APUS_TANH) }
  /// The elements limited to −1…1.
  public func hardTanh() -> Tensor { clamped(to: -1...1) }

  /// x, or slope·x where negative, with a learned slope a channel.
  ///
  /// - Shapes: [N, C] → [N, C]; slope [C] or [1], Float32.
  /// - Source: He et al. 2015.
  public func prelu(_ slope: Tensor) -> Tensor {
    precondition(
      slope.rank == 1 && (slope.count == columnCount || slope.count == 1),
      "prelu: expected \(columnCount) slopes, got shape \(slope.shape)")
    let (x, saved) = (detached, slope.detached)
    let result = binary(APUS_PRELU, x, saved, shape: shape, result: type)
    return result.recorded("prelu", from: [self, slope]) { [operands = (operand, slope.operand)] in
      let gradient = $0
      return [
        operands.0.gradient {
          gradient
            * binary(APUS_PRELU_DERIVATIVE, x, saved, shape: x.shape, result: .float32)
        },
        operands.1.gradient {
          binary(APUS_PRELU_SLOPE_GRADIENT, gradient, x, shape: x.shape, result: .float32)
        },
      ]
    }
  }

  /// The greatest of each `pieceCount` neighbours in a row.
  ///
  /// - Shapes: [N, C] → [N, C / pieceCount]
  /// - Source: Goodfellow et al. 2013.
  public func maxout(pieceCount: Int) -> Tensor {
    precondition(
      pieceCount > 0 && columnCount % pieceCount == 0,
      "maxout: expected a multiple of \(pieceCount) columns, got shape \(shape)")
    return reshaped(shape.dropLast() + [columnCount / pieceCount, pieceCount]).max(axis: -1).values
  }
}

/// An activation function by the name that Hugging Face's configurations use.
public enum Activation: String, Sendable, Hashable, Codable, CaseIterable {
  case gelu
  /// The tanh form.
  case geluNew = "gelu_new"
  /// The tanh form.
  case geluPyTorchTanh = "gelu_pytorch_tanh"
  case relu
  case leakyReLU = "leaky_relu"
  case silu
  case swish
  case sigmoid
  case tanh
  case hardTanh = "hardtanh"
  case linear

  public func callAsFunction(_ x: Tensor) -> Tensor {
    switch self {
    case .gelu: x.gelu()
    case .geluNew, .geluPyTorchTanh: x.gelu(approximate: .tanh)
    case .relu: x.relu()
    case .leakyReLU: x.leakyReLU()
    case .silu, .swish: x.silu()
    case .sigmoid: x.sigmoid()
    case .tanh: x.tanh()
    case .hardTanh: x.hardTanh()
    case .linear: x
    }
  }
}
