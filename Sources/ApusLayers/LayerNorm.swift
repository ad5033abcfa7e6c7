import ApusTensors

/// Gives each row mean 0 and variance 1, then scales and shifts it by learned weights.
///
/// - Shapes: [N, size] → [N, size]
/// - Source: Ba et al. 2016.
public struct LayerNorm: Layer {
  public let weight, bias: Parameter
  public let epsilon: Float

  public init(_ size: Int, epsilon: Float, in scope: Scope) {
    weight = scope.parameter("weight", [size], .ones)
    bias = scope.parameter("bias", [size], .zeros)
    self.epsilon = epsilon
  }

  /// Normalises rows; the result has the type that products of the mode take.
  public func callAsFunction(_ x: Tensor, _ mode: Mode) -> Tensor {
    layerNorm(x, weight.value, bias.value, epsilon: epsilon, result: mode.scalarType)
  }

  /// The residual sum x + dropout(delta), in the type of x, and its normalised rows.
  public func callAsFunction(
    _ x: Tensor, adding delta: Tensor, dropping dropped: Dropped?, _ mode: Mode
  ) -> (sum: Tensor, normalized: Tensor) {
    addLayerNorm(
      x, delta, dropout: dropped, weight.value, bias.value, epsilon: epsilon,
      result: mode.scalarType)
  }
}
