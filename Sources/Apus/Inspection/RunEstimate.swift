import ApusTensors
import ApusTraining

/// What a run will take, told from its recipe before anything is built.
public struct RunEstimate: Sendable, Equatable {
  public var parameters: Double
  /// The tokens of an optimizer step.
  public var tokensPerStep: Double
  /// The tokens of the whole run; nil where its length depends on its data.
  public var tokens: Double?
  /// Weights, gradients and the state of the optimizer, in bytes.
  public var parameterBytes: Double
  /// What the forward pass keeps for the backward pass, in bytes.
  public var activationBytes: Double
  /// Floating-point operations of the matrix products of the whole run; nil where its length depends
  /// on its data.
  public var operations: Double?

  /// The most memory at once, in bytes.
  public var memoryBytes: Double { parameterBytes + activationBytes + Self.programBytes }

  /// The program with its libraries, before a model is made.
  private static let programBytes = 50e6
  /// The length of a sequence where the recipe sets no bound: about that of a sentence.
  private static let commonLength = 25
  /// The share of the rate of large matrix products that training of larger models reaches.
  private static let efficiency = 0.6

  /// - Parameters:
  ///   - recipe: Of the run.
  ///   - vocabularySize: The number of ids, where the recipe leaves it to the tokenizer.
  ///   - usesBFloat16: Whether the operands of matrix products are bf16.
  public init(_ recipe: Recipe, vocabularySize: Int, usesBFloat16: Bool) {
    let (model, training) = (recipe.model, recipe.training)
    parameters = model.parameterCount(vocabularySize: vocabularySize)
    let cost = recipe.tokenCost(vocabularySize: vocabularySize, usesBFloat16: usesBFloat16)
    let tokensPerPass =
      training.tokensPerBatch
      ?? (training.sequencesPerBatch ?? 1) * (model.longestSequence ?? Self.commonLength)
    tokensPerStep = Double(tokensPerPass) * Double(training.accumulation)
    tokens = training.steps.map { [tokensPerStep] in tokensPerStep * Double($0) }
    // Weight, gradient, the operand that the weight is packed into, and what else is kept of it.
    let kept =
      UpdateRule(recipe.optimizer).stateNames.count + (training.averages ? 1 : 0)
      + (training.accumulation > 1 ? 1 : 0)
    parameterBytes = parameters * Double(4 + 4 + (usesBFloat16 ? 2 : 4) + 4 * kept)
    activationBytes = Double(tokensPerPass) * cost.activationBytes
    operations = tokens.map { $0 * cost.operations }
  }

  /// The seconds that the run takes where large matrix products do so many floating-point operations
  /// a second; nil where its length depends on its data.
  public func seconds(matrixRate: Double) -> Double? {
    operations.map { $0 / (matrixRate * Self.efficiency) }
  }
}

extension Recipe {
  /// The number of ids of the model, as far as the recipe tells.
  var expectedVocabularySize: Int {
    // How many characters there are shows in the text; English has about a hundred.
    model.vocabularySize ?? (tokenizer.kind == .character ? 100 : tokenizer.vocabularySize)
  }
}
