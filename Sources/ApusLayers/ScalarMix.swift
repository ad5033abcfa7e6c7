import ApusTensors

/// A weighted sum of the layers of a model, with weights that a task learns: γ · Σ softmax(s)ₖ · hₖ.
///
/// - Shapes: layers [N, C] each → [N, C], Float32
/// - Source: Peters et al. 2018, equation 1.
public struct ScalarMix: Layer {
  public let layerCount: Int
  let weights, scale: Parameter

  /// Creates `scalar_parameters`, which start alike, and `gamma`, which starts at 1.
  public init(layerCount: Int, in scope: Scope) {
    self.layerCount = layerCount
    weights = scope.parameter("scalar_parameters", [layerCount], .zeros)
    scale = scope.parameter("gamma", [1], .ones)
  }

  /// The share of each layer; their sum is 1.
  public var shares: [Float] { weights.value.detached.softmax().floatElements }

  public func callAsFunction(_ layers: [Sequences]) -> Sequences {
    precondition(
      layers.count == layerCount, "ScalarMix: expected \(layerCount) layers, got \(layers.count)")
    let shares = weights.value.reshaped([1, layerCount]).softmax()
    let sum = layers.indices.dropFirst().reduce(layers[0].values * share(0)) {
      $0 + layers[$1].values * share($1)
    }
    func share(_ index: Int) -> Tensor { shares.columns(index..<index + 1) }
    return layers[0].with(sum * scale.value)
  }
}
