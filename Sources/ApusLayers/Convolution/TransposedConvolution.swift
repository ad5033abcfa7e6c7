import ApusTensors

/// A transposed convolution over time, which makes sequences longer by the stride of its window.
///
/// Parameters have the names and layouts of PyTorch's `ConvTranspose1d`.
///
/// - Shapes: [M, C] → [N, O] over B sequences, in the type of the input.
public struct TransposedConvolution: Layer {
  public let window: Window
  /// Elements at the end that no further window covers: PyTorch's `output_padding`.
  public let excess: Int
  public let groupCount: Int
  let weight: Parameter
  let bias: Parameter?

  /// Creates `weight` and `bias`; every value starts evenly between ±1/√(O / G · K), as in PyTorch.
  public init(
    _ inputSize: Int, _ outputSize: Int, over window: Window, excess: Int = 0, groupCount: Int = 1,
    hasBias: Bool = true, in scope: Scope
  ) {
    self.window = window
    self.excess = excess
    self.groupCount = groupCount
    let shape = [inputSize, outputSize / groupCount, window.size]
    let bound = 1 / Float(shape[1] * shape[2]).squareRoot()
    weight = scope.parameter("weight", shape, .uniform(bound))
    bias = hasBias ? scope.parameter("bias", [outputSize], .uniform(bound)) : nil
  }

  public func callAsFunction(_ x: Sequences) -> Sequences {
    transposedConvolution(
      x, weight.value, bias?.value, over: window, excess: excess, groupCount: groupCount)
  }
}
