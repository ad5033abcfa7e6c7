import ApusTensors

/// An affine map of each row.
///
/// - Shapes: [N, inputSize] → [N, outputSize], in the type of the input.
public struct Linear: Layer {
  public let weight: Parameter
  public let bias: Parameter?
  let layout: WeightLayout

  /// Creates `weight` and `bias`, which starts at zero.
  public init(
    _ inputSize: Int, _ outputSize: Int, layout: WeightLayout = .outputsByInputs,
    hasBias: Bool = true, _ initializer: Initializer = .xavierUniform, in scope: Scope
  ) {
    let shape = layout == .outputsByInputs ? [outputSize, inputSize] : [inputSize, outputSize]
    weight = scope.parameter("weight", shape, initializer, role: .map(layout))
    bias = hasBias ? scope.parameter("bias", [outputSize], .zeros) : nil
    self.layout = layout
  }

  /// Takes parameters that were made elsewhere: stacked ones, or those of another layer.
  public init(weight: Parameter, bias: Parameter?, layout: WeightLayout = .outputsByInputs) {
    self.weight = weight
    self.bias = bias
    self.layout = layout
  }

  public var inputSize: Int { weight.shape[layout == .outputsByInputs ? 1 : 0] }
  public var outputSize: Int { weight.shape[layout == .outputsByInputs ? 0 : 1] }

  public func callAsFunction(_ x: Tensor) -> Tensor {
    linear(x, weight.value, bias?.value, layout: layout)
  }

  /// The map with its weights rounded as the mode says.
  public func callAsFunction(_ x: Tensor, _ mode: Mode) -> Tensor {
    linear(
      x, weight.value, bias?.value, layout: layout, quantized: mode.precision.quantizesWeights)
  }
}
