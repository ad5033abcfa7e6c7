import ApusTensors

/// Two convolutions with batch norms, added to what came in; ReLU after the first and the sum.
///
/// Parameters have the names of torchvision's `BasicBlock`; where size or stride change, what came in
/// goes through a convolution of single elements, `downsample`.
///
/// - Shapes: [N, C] → [M, O] over B sequences, one element of each for every `stride`.
/// - Source: He et al. 2016, over time.
public struct ResidualConvolution: Layer {
  let first, second: Convolution
  let firstNorm, secondNorm: BatchNorm
  let shortcut: (convolution: Convolution, norm: BatchNorm)?

  public init(
    _ inputSize: Int, _ outputSize: Int, kernelSize: Int = 3, stride: Int = 1, in scope: Scope
  ) {
    precondition(
      kernelSize % 2 == 1, "ResidualConvolution: expected an odd kernel, got \(kernelSize)")
    let reach = kernelSize / 2
    first = Convolution(
      inputSize, outputSize, over: Window(kernelSize, stride: stride, padding: reach),
      hasBias: false, in: scope / "conv1")
    firstNorm = BatchNorm(outputSize, in: scope / "bn1")
    second = Convolution(
      outputSize, outputSize, over: .centred(kernelSize), hasBias: false, in: scope / "conv2")
    secondNorm = BatchNorm(outputSize, in: scope / "bn2")
    let isSame = stride == 1 && inputSize == outputSize
    shortcut =
      isSame
      ? nil
      : (
        Convolution(
          inputSize, outputSize, over: Window(1, stride: stride), hasBias: false,
          in: scope / "downsample" / 0),
        BatchNorm(outputSize, in: scope / "downsample" / 1)
      )
  }

  public func callAsFunction(_ x: Sequences, _ mode: Mode) -> Sequences {
    let hidden = firstNorm(first(x), mode).map { $0.relu() }
    let residual = shortcut.map { $0.norm($0.convolution(x), mode) } ?? x
    return secondNorm(second(hidden), mode).map { ($0 + residual.values).relu() }
  }
}
