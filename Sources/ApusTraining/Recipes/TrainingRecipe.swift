/// The length of a run, the size of its steps and what happens between them.
public struct TrainingRecipe: Equatable, Sendable {
  public enum Precision: String, CaseIterable, Sendable {
    /// bf16 where the processor multiplies it faster, else fp32.
    case automatic = "auto"
    case fp32
    /// Operands of matrix products in bf16; sums, weights and optimizer state in fp32.
    case bf16
  }

  /// The optimizer steps of the whole run; they go before `epochs`.
  public var steps: Int?
  /// How often the run goes through its data.
  ///
  /// It validates and saves after each time unless it is told otherwise.
  public var epochs: Int?
  /// The most tokens of one forward and backward pass; in place of `sequencesPerBatch`.
  public var tokensPerBatch: Int?
  /// The sequences of one forward and backward pass; in place of `tokensPerBatch`.
  public var sequencesPerBatch: Int?
  /// The most seconds of audio of one forward and backward pass; in place of both.
  public var secondsPerBatch: Double?
  /// The passes whose gradients make one step.
  public var accumulation = 1
  /// The longest norm of all gradients together; longer ones are scaled to it.
  public var clipNorm: Double?
  /// The largest size of each gradient value.
  public var clipValue: Double?
  /// The steps between validations; nil validates after each of `epochs`, or at the end alone.
  public var validateEvery: Int?
  /// The steps between checkpoints; nil saves after each of `epochs`, or at the end alone.
  public var checkpointEvery: Int?
  /// The decay of an exponential moving average of the weights.
  public var emaDecay: Double?
  /// After a loss above the best of those more than so many validations ago, the weights of all later
  /// steps are averaged, and the average is used: NT-ASGD.
  public var averagePatience: Int?
  /// How many of the last checkpoints are averaged into the final weights.
  public var averageLast: Int?
  /// The validations without improvement after which the run ends.
  public var earlyStoppingPatience: Int?
  public var seed = 0
  public var precision = Precision.automatic
  /// Whether blocks are computed again in the backward pass, to save memory.
  public var gradientCheckpointing = false

  public init(steps: Int, sequencesPerBatch: Int) {
    self.steps = steps
    self.sequencesPerBatch = sequencesPerBatch
  }

  public init(steps: Int, tokensPerBatch: Int) {
    self.steps = steps
    self.tokensPerBatch = tokensPerBatch
  }

  /// Whether the run keeps an average of the weights.
  public var averages: Bool { emaDecay != nil || averagePatience != nil }

  /// How much goes into a forward and backward pass.
  public var batchSize: BatchSize {
    if let tokensPerBatch { return .tokens(tokensPerBatch) }
    guard let sequencesPerBatch else {
      preconditionFailure("TrainingRecipe: expected tokensPerBatch or sequencesPerBatch")
    }
    return .sequences(sequencesPerBatch)
  }
}

extension TrainingRecipe: RecipeSection {
  static let fields: [RecipeField<TrainingRecipe>] = [
    .integer("steps", \.steps, 1...1_000_000_000),
    .integer("epochs", \.epochs, 1...1_000_000),
    .integer("tokensPerBatch", \.tokensPerBatch, 1...67_108_864),
    .integer("sequencesPerBatch", \.sequencesPerBatch, 1...1_048_576),
    .number("secondsPerBatch", \.secondsPerBatch, 0.01...1_000_000),
    .integer("accumulation", \.accumulation, 1...1_048_576),
    .number("clipNorm", \.clipNorm, 1e-9...1e9),
    .number("clipValue", \.clipValue, 1e-9...1e9),
    .integer("validateEvery", \.validateEvery, 1...1_000_000_000),
    .integer("checkpointEvery", \.checkpointEvery, 1...1_000_000_000),
    .number("emaDecay", \.emaDecay, 0...0.999_999_999),
    .integer("averagePatience", \.averagePatience, 1...1_000_000),
    .integer("averageLast", \.averageLast, 1...1000),
    .integer("earlyStoppingPatience", \.earlyStoppingPatience, 1...1_000_000),
    .integer("seed", \.seed, 0...Int.max),
    .choice("precision", \.precision),
    .flag("gradientCheckpointing", \.gradientCheckpointing),
  ]

  init() {}

  func checkTogether() throws(RecipeProblem) {
    let sizes = [tokensPerBatch != nil, sequencesPerBatch != nil, secondsPerBatch != nil]
    let given = sizes.count { $0 }
    guard given == 1 else {
      throw RecipeProblem(
        path: [], expected: "to have either tokensPerBatch, sequencesPerBatch or secondsPerBatch",
        found: given == 0 ? "none" : "\(given) of them")
    }
    guard steps != nil || epochs != nil else {
      throw RecipeProblem(path: [], expected: "to have steps or epochs", found: "neither")
    }
    guard emaDecay == nil || averagePatience == nil else {
      throw RecipeProblem(
        path: ["averagePatience"], expected: "to come without emaDecay", found: "both")
    }
    guard averagePatience == nil || validateEvery != nil || epochs != nil else {
      throw RecipeProblem(
        path: ["averagePatience"], expected: "to come with validateEvery",
        found: "no validateEvery")
    }
    guard earlyStoppingPatience == nil || validateEvery != nil || epochs != nil else {
      throw RecipeProblem(
        path: ["earlyStoppingPatience"], expected: "to come with validateEvery",
        found: "no validateEvery")
    }
  }
}
