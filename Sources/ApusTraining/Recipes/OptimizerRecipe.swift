/// The rule by which gradients change weights, and its constants.
public struct OptimizerRecipe: Equatable, Sendable {
  public enum Kind: String, CaseIterable, Sendable {
    case adamw, adam, sgd, lamb, rmsprop, adagrad, adadelta
  }

  public var kind: Kind
  /// The highest learning rate, which the schedule scales.
  public var learningRate: Double
  /// The decay rates of the first and second moment: `betas` in YAML; of Adam, AdamW and LAMB.
  public var beta1 = 0.9
  public var beta2 = 0.999
  /// The decay rate of the squared gradients of RMSprop (its α) and Adadelta (its ρ).
  public var decay = 0.99
  /// Added to the root of the second moment.
  public var epsilon = 1e-8
  /// Of SGD and RMSprop.
  public var momentum = 0.0
  /// Whether SGD looks ahead along its momentum.
  public var nesterov = false
  /// The decay of weight matrices: decoupled in AdamW and LAMB, added to the gradient elsewhere.
  public var weightDecay = 0.0

  /// An optimizer with the constants of its paper, or of PyTorch where a paper leaves one open.
  public init(kind: Kind, learningRate: Double) {
    self.kind = kind
    self.learningRate = learningRate
    setStandards()
  }
}

extension OptimizerRecipe: RecipeSection {
  static let fields: [RecipeField<OptimizerRecipe>] = [
    .choice("kind", \.kind),
    .number("learningRate", \.learningRate, 1e-12...1000),
    .pair("betas", \.beta1, \.beta2, 0...0.999_999_999).when {
      [.adamw, .adam, .lamb].contains($0.kind)
    },
    .number("decay", \.decay, 0...0.999_999_999).when {
      [.rmsprop, .adadelta].contains($0.kind)
    },
    .number("epsilon", \.epsilon, 1e-30...1).when { $0.kind != .sgd },
    .number("momentum", \.momentum, 0...0.999_999_999).when {
      [.sgd, .rmsprop].contains($0.kind)
    },
    .flag("nesterov", \.nesterov).when { $0.kind == .sgd },
    .number("weightDecay", \.weightDecay, 0...10),
  ]

  init() { self.init(kind: .adamw, learningRate: .nan) }

  mutating func setStandards() {
    decay = kind == .adadelta ? 0.9 : 0.99
    weightDecay = kind == .adamw || kind == .lamb ? 0.01 : 0
    switch kind {
    case .adadelta, .lamb: epsilon = 1e-6
    case .adagrad: epsilon = 1e-10
    case .adamw, .adam, .sgd, .rmsprop: epsilon = 1e-8
    }
  }

  func checkTogether() throws(RecipeProblem) {
    guard !nesterov || momentum > 0 else {
      throw RecipeProblem(
        path: ["nesterov"], expected: "to come with a momentum above 0", found: "true")
    }
  }
}
