import ApusTensors
import ApusTraining

/// What a run will take, told from its recipe before anything is built.
public struct RunEstimate: Sendable, Equatable {
  public var parameters: Double
  /// The tokens of an optimizer step.
  public var tokensPerStep: Double
  /// The tokens of the whole run.
  public var tokens: Double
  /// Weights, gradients and the state of the optimizer, in bytes.
  public var parameterBytes: Double
  /// What the forward pass keeps for the backward pass, in bytes.
  public var activationBytes: Double
  /// Floating-point operations of the matrix products of the whole run.
  public var operations: Double

  /// The most memory at once, in bytes.
  public var memoryBytes: Double { parameterBytes + activationBytes + Self.programBytes }

  /// The program with its libraries, before a model is made.
  private static let programBytes = 50e6
  /// The share of the rate of large matrix products that training of larger models reaches.
  private static let efficiency = 0.6

  /// - Parameters:
  ///   - recipe: Of the run.
  ///   - vocabularySize: The number of ids, where the recipe leaves it to the tokenizer.
  ///   - usesBFloat16: Whether the operands of matrix products are bf16.
  public init(_ recipe: Recipe, vocabularySize: Int, usesBFloat16: Bool) {
    let (model, training) = (recipe.model, recipe.training)
    parameters = model.parameterCount(vocabularySize: vocabularySize)
    let context = Double(model.contextLength)
    let batch = training.tokensPerBatch.map(Double.init)
    let tokensPerPass = batch ?? Double(training.sequencesPerBatch ?? 1) * context
    tokensPerStep = tokensPerPass * Double(training.accumulation)
    tokens = tokensPerStep * Double(training.steps)
    // Weight, gradient, the operand that the weight is packed into, and what else is kept of it.
    let kept =
      UpdateRule(recipe.optimizer).stateNames.count + (training.emaDecay == nil ? 0 : 1)
      + (training.accumulation > 1 ? 1 : 0)
    parameterBytes = parameters * Double(4 + 4 + (usesBFloat16 ? 2 : 4) + 4 * kept)
    let (size, wide) = (Double(model.hiddenSize), Double(model.intermediateSize))
    let layers = Double(model.layerCount)
    // Per token and block twelve values of the model's width and two of the feed-forward layer's;
    // in bf16 those that are operands of products have half the bytes. Fitted to measured runs.
    let blockBytes = (12 * size + 2 * wide) * (usesBFloat16 ? 2.4 : 4)
    activationBytes =
      tokensPerPass
      * (training.gradientCheckpointing ? layers * size * 4 + blockBytes : layers * blockBytes)
    let isCausal = recipe.objective.kind == .causal
    let ids = Double(model.vocabularySize ?? vocabularySize)
    let head = isCausal ? size * ids : size * (size + ids) * recipe.objective.maskingRate
    let attention = 2 * context * size * (isCausal ? 0.5 : 1)
    let block = 4 * size * size + 2 * size * wide + attention
    let passes: Double = training.gradientCheckpointing ? 4 : 3
    operations = tokens * (2 * passes * layers * block + 6 * head)
  }

  /// The seconds that the run takes where large matrix products do so many floating-point operations
  /// a second.
  public func seconds(matrixRate: Double) -> Double {
    operations / (matrixRate * Self.efficiency)
  }
}

extension Recipe {
  /// The number of ids of the model, as far as the recipe tells.
  var expectedVocabularySize: Int {
    // How many characters there are shows in the text; English has about a hundred.
    model.vocabularySize ?? (tokenizer.kind == .character ? 100 : tokenizer.vocabularySize)
  }
}
