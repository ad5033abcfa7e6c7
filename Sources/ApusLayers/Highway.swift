import ApusTensors

/// A layer that decides value by value how much it changes: g · relu(t) + (1 − g) · x.
///
/// - Shapes: [N, size] → [N, size]
/// - Source: Srivastava et al. 2015.
public struct Highway: Layer {
  let transform, carry: Linear

  public init(_ size: Int, in scope: Scope) {
    transform = Linear(size, size, in: scope / "transform")
    let gate = scope / "carry"
    // Gates begin nearly closed, so that what comes in goes through.
    carry = Linear(
      weight: gate.parameter("weight", [size, size], .xavierUniform),
      bias: gate.parameter("bias", [size], .constant(-2)))
  }

  public func callAsFunction(_ x: Tensor, _ mode: Mode) -> Tensor {
    x + carry(x, mode).sigmoid() * (transform(x, mode).relu() - x)
  }
}
