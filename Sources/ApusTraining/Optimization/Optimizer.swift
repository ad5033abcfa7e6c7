import ApusFiles
import ApusTensors

/// An update rule over all parameters of a model, with its state.
///
/// Matrices decay, vectors (biases, norms) do not: shrinking those changes what a layer computes
/// without making it simpler. A parameter has no state before its first gradient, so that what is
/// frozen takes no memory; corrections for young averages count the updates of each parameter.
public struct Optimizer: Sendable {
  public let rule: UpdateRule
  public let parameters: [Parameter]
  private let decay: Float
  private let rateFactors: [Float]
  private var states: [State?]

  private struct State: Sendable {
    /// The gradients that the parameter was changed along.
    var updateCount = 0
    var tensors: [Tensor]
  }

  /// - Parameters:
  ///   - recipe: The rule and its constants.
  ///   - parameters: What is changed.
  ///   - rateFactor: What the learning rate of a parameter is multiplied by.
  public init(
    _ recipe: OptimizerRecipe, parameters: [Parameter],
    rateFactor: (Parameter) -> Double = { _ in 1 }
  ) {
    rule = UpdateRule(recipe)
    decay = Float(recipe.weightDecay)
    self.parameters = parameters
    rateFactors = parameters.map { Float(rateFactor($0)) }
    states = Array(repeating: nil, count: parameters.count)
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
    for (index, parameter) in parameters.enumerated() {
      guard let gradient = gradients.take(parameter) else { continue }
      // Taken out, so that the rule is the only holder of the tensors.
      var state =
        states[index].take()
        ?? State(tensors: rule.stateNames.map { _ in .zeros(parameter.shape) })
      rule.update(
        parameter, along: gradient, state: &state.tensors,
        UpdateRule.Step(
          index: state.updateCount, rate: Float(rate) * rateFactors[index],
          gradientScale: Float(scale), gradientLimit: clipValue.map { Float($0) } ?? .infinity),
        decay: parameter.shape.count > 1 ? decay : 0)
      state.updateCount += 1
      states[index] = state
    }
  }

  /// The state under the parameters' names, for checkpoints.
  public var namedState: [(name: String, value: Tensor)] {
    zip(parameters, states).flatMap { parameter, state -> [(name: String, value: Tensor)] in
      guard let state else { return [] }
      let count = Tensor([Int32(clamping: state.updateCount)])
      return [("\(parameter.name).\(Self.countName)", count)]
        + zip(rule.stateNames, state.tensors).map { ("\(parameter.name).\($0)", $1) }
    }
  }

  /// Takes the state of a checkpoint.
  ///
  /// - Parameter source: Gives the tensor of a name and shape; nil if there is none of the name.
  /// - Throws: What the source throws for a tensor of another shape; `InputError` for a parameter of
  ///   which a part of the state is missing.
  public mutating func restore(
    from source: (_ name: String, _ shape: [Int]) throws -> Tensor?
  ) throws {
    states = try parameters.map { parameter in
      guard let count = try source("\(parameter.name).\(Self.countName)", [1]) else { return nil }
      let tensors = try rule.stateNames.map { name in
        guard let tensor = try source("\(parameter.name).\(name)", parameter.shape) else {
          throw InputError(
            expected: "the optimizer's \(parameter.name).\(name) in the checkpoint", found: "none")
        }
        return tensor
      }
      return State(updateCount: Int(count.elements(as: Int32.self)[0]), tensors: tensors)
    }
  }

  private static let countName = "updates"
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
