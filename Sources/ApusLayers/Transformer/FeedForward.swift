import ApusTensors

/// Two linear layers with an activation between them, applied to each element alone.
///
/// - Shapes: [N, C] → [N, C]
/// - Source: Vaswani et al. 2017, §3.3.
public struct FeedForward: Layer {
  let expand, contract: Linear
  let activation: Activation

  public init(expand: Linear, activation: Activation, contract: Linear) {
    self.expand = expand
    self.activation = activation
    self.contract = contract
  }

  public func callAsFunction(_ x: Tensor, _ mode: Mode) -> Tensor {
    contract(activation(expand(x, mode)), mode)
  }
}
