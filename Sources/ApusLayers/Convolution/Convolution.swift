import ApusTensors

/// A convolution over time.
///
/// Parameters have the names and layouts of PyTorch's `Conv1d`.
///
/// - Shapes: [N, C] → [M, O] over B sequences, as many elements of each as windows lie over it; in
///   the type of the input.
public struct Convolution: Layer {
  public let window: Window
  public let groupCount: Int
  let weight: Parameter
  let bias: Parameter?

  /// Creates `weight` and `bias`; every value starts evenly between ±1/√fan-in, as in PyTorch.
  public init(
    _ inputSize: Int, _ outputSize: Int, over window: Window, groupCount: Int = 1,
    hasBias: Bool = true, _ initializer: Initializer? = nil, in scope: Scope
  ) {
    self.window = window
    self.groupCount = groupCount
    let shape = [outputSize, inputSize / groupCount, window.size]
    let standard = Initializer.uniform(1 / Float(shape[1] * shape[2]).squareRoot())
    weight = scope.parameter("weight", shape, initializer ?? standard)
    bias =
      hasBias ? scope.parameter("bias", [outputSize], initializer == nil ? standard : .zeros) : nil
  }

  public func callAsFunction(_ x: Sequences) -> Sequences {
    convolution(x, weight.value, bias?.value, over: window, groupCount: groupCount)
  }

  /// The same of elements that come with those around them: a part of a longer sequence.
  public func withoutPadding(_ x: Sequences) -> Sequences {
    convolution(x, weight.value, bias?.value, over: window.unpadded, groupCount: groupCount)
  }
}
