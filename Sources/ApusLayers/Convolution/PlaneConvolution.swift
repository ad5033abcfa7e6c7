import ApusTensors

/// A convolution over time and across the bins of each element: of spectra, or of images whose rows
/// are the elements.
///
/// Parameters have the names and layouts of PyTorch's `Conv2d`, with time as the height.
///
/// - Shapes: [N, F, C] → [M, F′, O] over B sequences, in the type of the input.
public struct PlaneConvolution: Layer {
  public let time, across: Window
  public let groupCount: Int
  let weight: Parameter
  let bias: Parameter?

  /// Creates `weight` and `bias`; every value starts evenly between ±1/√fan-in, as in PyTorch.
  public init(
    _ inputSize: Int, _ outputSize: Int, over time: Window, across: Window, groupCount: Int = 1,
    hasBias: Bool = true, in scope: Scope
  ) {
    self.time = time
    self.across = across
    self.groupCount = groupCount
    let shape = [outputSize, inputSize / groupCount, time.size, across.size]
    let bound = 1 / Float(shape.dropFirst().reduce(1, *)).squareRoot()
    weight = scope.parameter("weight", shape, .uniform(bound))
    bias = hasBias ? scope.parameter("bias", [outputSize], .uniform(bound)) : nil
  }

  public func callAsFunction(_ x: Sequences) -> Sequences {
    convolution(x, weight.value, bias?.value, over: time, across: across, groupCount: groupCount)
  }

  /// The same of elements that come with those around them: a part of a longer sequence.
  public func withoutPadding(_ x: Sequences) -> Sequences {
    convolution(
      x, weight.value, bias?.value, over: time.unpadded, across: across, groupCount: groupCount)
  }
}
