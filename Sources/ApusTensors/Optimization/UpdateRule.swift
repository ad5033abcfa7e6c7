import CApusKernels

/// A rule by which a gradient changes weights, with its constants.
///
/// Each rule is one pass over weights, gradient and state, and follows PyTorch's formulas.
public enum UpdateRule: Sendable, Hashable {
  /// Kingma & Ba 2015; with decoupled decay, Loshchilov & Hutter 2019 (AdamW).
  case adam(beta1: Float, beta2: Float, epsilon: Float, decouplesDecay: Bool)
  /// You et al. 2020: Adam's direction with decay, scaled to the norm of each parameter.
  case lamb(beta1: Float, beta2: Float, epsilon: Float)
  /// Robbins & Monro 1951; momentum of Polyak 1964 or Nesterov (Sutskever et al. 2013).
  case sgd(momentum: Float, nesterov: Bool)
  /// Duchi et al. 2011.
  case adagrad(epsilon: Float)
  /// Zeiler 2012.
  case adadelta(rho: Float, epsilon: Float)
  /// Hinton 2012, lecture 6e.
  case rmsprop(alpha: Float, epsilon: Float, momentum: Float)

  /// The names of the tensors that the rule keeps for each parameter, each of its shape.
  public var stateNames: [String] {
    switch self {
    case .adam, .lamb: ["moment1", "moment2"]
    case .sgd(let momentum, _): momentum > 0 ? ["velocity"] : []
    case .adagrad: ["square_sum"]
    case .adadelta: ["square_average", "delta_average"]
    case .rmsprop(_, _, let momentum):
      momentum > 0 ? ["square_average", "velocity"] : ["square_average"]
    }
  }

  /// What a step gives every parameter.
  public struct Step: Sendable {
    /// The steps that were done before this one.
    public var index: Int
    public var rate: Float
    /// What gradients are multiplied with, to clip their common norm.
    public var gradientScale: Float
    /// The largest size of a gradient's element after scaling.
    public var gradientLimit: Float

    public init(
      index: Int, rate: Float, gradientScale: Float = 1, gradientLimit: Float = .infinity
    ) {
      self.index = index
      self.rate = rate
      self.gradientScale = gradientScale
      self.gradientLimit = gradientLimit
    }
  }

  /// Changes a parameter in place.
  ///
  /// - Parameters:
  ///   - parameter: What is changed.
  ///   - gradient: Its gradient; LAMB uses its memory.
  ///   - state: The tensors of `stateNames`, which start as zeros.
  ///   - step: Rate, clipping and number of the step.
  ///   - decay: The weight decay of this parameter.
  public func update(
    _ parameter: Parameter, along gradient: consuming Tensor, state: inout [Tensor], _ step: Step,
    decay: Float
  ) {
    requireShape(gradient, parameter.shape, "update of \(parameter.name)")
    precondition(gradient.type == .float32, "update: expected float32, got \(gradient.type)")
    var gradient = gradient
    for index in state.indices { state[index].makeUnique() }
    parameter.update { weight in
      weight.makeUnique()
      apply(to: weight, along: &gradient, state, step, decay)
    }
  }

  private func apply(
    to weight: Tensor, along gradient: inout Tensor, _ state: [Tensor], _ step: Step,
    _ decay: Float
  ) {
    let count = Int64(weight.count)
    let clipping = apus_clipping(scale: step.gradientScale, limit: step.gradientLimit)
    switch self {
    case .adam(let beta1, let beta2, let epsilon, let decouples):
      let settings = adam(step, beta1, beta2, epsilon, decay, decouples: decouples)
      apus_adam_update(
        settings, clipping, gradient.floats, weight.floats, state[0].floats, state[1].floats,
        count)
    case .lamb(let beta1, let beta2, let epsilon):
      if !gradient.isOnlyHolder() { gradient.makeUnique() }
      let settings = adam(step, beta1, beta2, epsilon, decay, decouples: true)
      let directionNorm = apus_lamb_direction(
        settings, clipping, gradient.floats, weight.floats, state[0].floats, state[1].floats,
        count
      ).squareRoot()
      let weightNorm = apus_square_sum(weight.floats, count).squareRoot()
      let ratio = weightNorm > 0 && directionNorm > 0 ? Float(weightNorm / directionNorm) : 1
      apus_add_scaled(gradient.floats, -step.rate * ratio, weight.floats, count)
    case .sgd(let momentum, let nesterov):
      let settings = apus_sgd(
        rate: step.rate, momentum: momentum, decay: decay, nesterov: nesterov,
        first: step.index == 0)
      apus_sgd_update(
        settings, clipping, gradient.floats, weight.floats, state.first?.floats, nil, count)
    case .adagrad(let epsilon):
      let settings = apus_adagrad(rate: step.rate, epsilon: epsilon, decay: decay)
      apus_adagrad_update(
        settings, clipping, gradient.floats, weight.floats, state[0].floats, nil, count)
    case .adadelta(let rho, let epsilon):
      let settings = apus_adadelta(rate: step.rate, rho: rho, epsilon: epsilon, decay: decay)
      apus_adadelta_update(
        settings, clipping, gradient.floats, weight.floats, state[0].floats, state[1].floats,
        count)
    case .rmsprop(let alpha, let epsilon, let momentum):
      let settings = apus_rmsprop(
        rate: step.rate, alpha: alpha, epsilon: epsilon, momentum: momentum, decay: decay)
      apus_rmsprop_update(
        settings, clipping, gradient.floats, weight.floats, state[0].floats,
        state.dropFirst().first?.floats, count)
    }
  }

  private func adam(
    _ step: Step, _ beta1: Float, _ beta2: Float, _ epsilon: Float, _ decay: Float,
    decouples: Bool
  ) -> apus_adam {
    apus_adam(
      rate: step.rate, beta1: beta1, beta2: beta2, epsilon: epsilon,
      correction1: 1 - power(beta1, step.index + 1), correction2: 1 - power(beta2, step.index + 1),
      decay: decay, decoupled: decouples)
  }

  private func power(_ base: Float, _ exponent: Int) -> Float {
    var (result, square, left) = (1.0, Double(base), exponent)
    while left > 0 {
      if left & 1 == 1 { result *= square }
      square *= square
      left >>= 1
    }
    return Float(result)
  }
}

extension Gradients {
  /// The Euclidean norm of the gradients of all these parameters together.
  public func norm(of parameters: [Parameter]) -> Double {
    parameters.reduce(0) { sum, parameter in
      guard let gradient = self[parameter] else { return sum }
      return sum + apus_square_sum(gradient.floats, Int64(gradient.count))
    }.squareRoot()
  }
}

extension Tensor {
  /// Moves this average towards new values: decay · self + (1 − decay) · values.
  public mutating func blend(with values: Tensor, decay: Float) {
    requireShape(values, shape, "blend")
    makeUnique()
    apus_average(values.floats, decay, floats, Int64(count))
    withExtendedLifetime(values) {}
  }
}
