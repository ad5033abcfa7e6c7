import ApusTensors

/// Gives each channel mean 0 and variance 1, then scales and shifts it by learned weights.
///
/// In training the moments are those of the batch, over its real elements alone, and the running
/// ones move towards them; in evaluation the running ones are used. Running moments are parameters
/// without gradients, which optimizers leave alone: they are saved and resumed with the model under
/// PyTorch's names, `running_mean` and `running_var`.
///
/// - Shapes: [N, C] or [N, F, C] → the same
/// - Source: Ioffe & Szegedy 2015.
public struct BatchNorm: Layer {
  public let epsilon: Float
  /// How far running moments move towards those of a batch.
  public let momentum: Float
  let weight, bias: Parameter
  let runningMeans, runningVariances: Parameter

  public init(_ size: Int, epsilon: Float = 1e-5, momentum: Float = 0.1, in scope: Scope) {
    self.epsilon = epsilon
    self.momentum = momentum
    weight = scope.parameter("weight", [size], .ones)
    bias = scope.parameter("bias", [size], .zeros)
    runningMeans = scope.parameter("running_mean", [size], .zeros)
    runningVariances = scope.parameter("running_var", [size], .ones)
  }

  public func callAsFunction(_ x: Sequences, _ mode: Mode) -> Sequences {
    guard mode.isTraining, x.elementCount > 0 else {
      let running = ChannelMoments(
        means: runningMeans.value.detached, variances: runningVariances.value.detached)
      return x.map {
        batchNorm($0, weight.value, bias.value, epsilon: epsilon, moments: running).normalized
      }
    }
    let (normalized, moments) = batchNorm(x.values, weight.value, bias.value, epsilon: epsilon)
    // The variance of what the batch is a sample of, as in PyTorch.
    let rows = Float(x.values.rowCount)
    let unbiased = moments.variances * (rows / max(rows - 1, 1))
    runningMeans.update { $0.blend(with: moments.means, decay: 1 - momentum) }
    runningVariances.update { $0.blend(with: unbiased, decay: 1 - momentum) }
    return x.with(normalized)
  }
}
