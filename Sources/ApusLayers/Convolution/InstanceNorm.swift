import ApusTensors

/// Gives each channel of each sequence mean 0 and variance 1, then scales and shifts it by learned
/// weights.
///
/// - Shapes: [N, C] → [N, C] over B sequences, in the type of the input.
/// - Source: Ulyanov et al. 2016; PyTorch's `GroupNorm` with as many groups as channels.
public struct InstanceNorm: Layer {
  public let epsilon: Float
  let weight, bias: Parameter

  public init(_ size: Int, epsilon: Float = 1e-5, in scope: Scope) {
    self.epsilon = epsilon
    weight = scope.parameter("weight", [size], .ones)
    bias = scope.parameter("bias", [size], .zeros)
  }

  public func callAsFunction(_ x: Sequences) -> Sequences {
    let sequence = Tensor(x.sequenceIndices)
    let centred = x.map { $0.converted(to: .float32) - x.means.gathered(sequence) }
    let deviations = (centred.map { $0.square() }.means + epsilon).squareRoot()
    let scale = weight.value / deviations
    return centred.map {
      ($0 * scale.gathered(sequence) + bias.value).converted(to: x.values.type)
    }
  }
}
