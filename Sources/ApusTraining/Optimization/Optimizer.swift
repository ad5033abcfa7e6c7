import ApusTensors

/// An update rule over all parameters of a model, with its state.
///
/// Matrices decay, vectors (biases, norms) do not: shrinking those changes what a layer computes
/// without making it simpler.
public struct Optimizer: Sendable {
  public let rule: UpdateRule
  public let parameters: [Parameter]
  /// The optimizer steps done so far.
  public private(set) var stepCount = 0
  private let decay: Float
  private var states: [[Tensor]]

  public init(_ recipe: OptimizerRecipe, parameters: [Parameter]) {
    rule = UpdateRule(recipe)
    decay = Float(recipe.weightDecay)
    self.parameters = parameters
    let stateCount = rule.stateNames.count
    states = parameters.map { parameter in
      (0..<stateCount).map { _ in .zeros(parameter.shape) }
    }
  }

  /// Changes the parameters along their gradients; one without a gradient stays as it is.
  ///
  /// - Parameters:
  ///   - gradients: Consumed parameter by parameter, so that their memory is free for the next step.
  ///   - norm: The common norm of the gradients, if the caller knows it already.
  ///   - rate: The learning rate.
  ///   - clipNorm: The longest common norm; longer gradients are scaled to it.
  ///   - clipValue: The largest size of each element, after scaling.
  public mutating func step(
    along gradients: consuming Gradients, norm: Double? = nil, rate: Double,
    clipNorm: Double? = nil, clipValue: Double? = nil
  ) {
    let norm = norm ?? gradients.norm(of: parameters)
    // PyTorch's clip_grad_norm_ adds the same 1e-6.
    let scale = clipNorm.map { min(1, $0 / (norm + 1e-6)) } ?? 1
    let step = UpdateRule.Step(
      index: stepCount, rate: Float(rate), gradientScale: Float(scale),
      gradientLimit: clipValue.map { Float($0) } ?? .infinity)
    for (index, parameter) in parameters.enumerated() {
      guard let gradient = gradients.take(parameter) else { continue }
      rule.update(
        parameter, along: gradient, state: &states[index], step,
        decay: parameter.shape.count > 1 ? decay : 0)
    }
    stepCount += 1
  }

  /// The state under the parameters' names, for checkpoints.
  public var namedState: [(name: String, value: Tensor)] {
    zip(parameters, states).flatMap { parameter, tensors in
      zip(rule.stateNames, tensors).map { ("\(parameter.name).\($0)", $1) }
    }
  }

  /// Takes the state of a checkpoint.
  ///
  /// - Parameters:
  ///   - stepCount: The optimizer steps that were done.
  ///   - source: Gives the tensor of a name and shape.
  /// - Throws: What the source throws for a tensor that is missing or has another shape.
  public mutating func restore(
    stepCount: Int, from source: (_ name: String, _ shape: [Int]) throws -> Tensor
  ) throws {
    states = try parameters.map { parameter in
      try rule.stateNames.map { try source("\(parameter.name).\($0)", parameter.shape) }
    }
    self.stepCount = stepCount
  }
}

extension UpdateRule {
  /// The rule of a recipe.
  public init(_ recipe: OptimizerRecipe) {
    let (beta1, beta2) = (Float(recipe.beta1), Float(recipe.beta2))
    let (epsilon, momentum) = (Float(recipe.epsilon), Float(recipe.momentum))
    switch recipe.kind {
    case .adamw:
      self = .adam(beta1: beta1, beta2: beta2, epsilon: epsilon, decouplesDecay: true)
    case .adam: self = .adam(beta1: beta1, beta2: beta2, epsilon: epsilon, decouplesDecay: false)
    case .lamb: self = .lamb(beta1: beta1, beta2: beta2, epsilon: epsilon)
    case .sgd: self = .sgd(momentum: momentum, nesterov: recipe.nesterov)
    case .adagrad: self = .adagrad(epsilon: epsilon)
    case .adadelta: self = .adadelta(rho: Float(recipe.decay), epsilon: epsilon)
    case .rmsprop:
      self = .rmsprop(alpha: Float(recipe.decay), epsilon: epsilon, momentum: momentum)
    }
  }
}
