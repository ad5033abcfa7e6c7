import ApusTensors

/// Trains the linear classifier behind features again, with as many examples of every class, and
/// leaves the features as they are.
///
/// - Source: Kang et al. 2020, classifier re-training (cRT); the classifier starts from zeros, the
///   rate falls linearly to 0.
public struct ClassifierRetraining: Sendable {
  public let recipe: ImbalanceRecipe
  /// The examples of a step.
  public var batchSize = 64
  /// The share of the features that are dropped.
  public var dropout: Float = 0
  /// What the length of each class's row of weights is held within; nil for no bound.
  public var maxNorm: Float?
  public var seed: UInt64 = 0

  /// - Parameter recipe: The number of epochs, the rate and how classes are filled up.
  public init(_ recipe: ImbalanceRecipe) { self.recipe = recipe }

  /// Learns the classes of features.
  ///
  /// - Parameters:
  ///   - features: Of each example, Float32.
  ///   - labels: The class of each example.
  ///   - classCount: The number of classes.
  /// - Returns: The weights and the bias of a linear layer: a function of the arguments and the seed.
  /// - Shapes: features [N, C] → weight [L, C], bias [L]
  public func classifier(
    _ features: Tensor, labels: [Int], classCount: Int
  ) -> (weight: Tensor, bias: Tensor) {
    precondition(
      features.rank == 2 && features.rowCount == labels.count,
      "ClassifierRetraining: expected [\(labels.count), C] features, got \(features.shape)")
    let weight = Parameter("weight", .zeros([classCount, features.columnCount]))
    let bias = Parameter("bias", .zeros([classCount]))
    var optimizer = Optimizer(
      OptimizerRecipe(kind: .adam, learningRate: recipe.retrainingRate),
      parameters: [weight, bias])
    let filling = FeatureFilling(recipe, features, labels: labels, classCount: classCount)
    var batches = LengthBatches(
      lengths: labels.map { _ in 1 }, size: .sequences(batchSize), order: .shuffled(seed: seed),
      sampling: ClassSampling(.balanced, labels: labels, classCount: classCount, seed: seed))
    let stepCount = recipe.retrainingEpochs * batches.batchCountOfEpoch
    for step in 0..<stepCount {
      guard let examples = batches.next() else { break }
      let key = RandomKey(seed: seed, step: step, name: "classifier retraining")
      var random = RandomStream(key)
      let x = ApusTensors.dropout(
        filling.features(of: examples, &random),
        Dropped(rate: dropout, key: key.split("dropout")))
      let logits = linear(x, weight.value, bias.value)
      let loss =
        crossEntropy(logits, targets: Tensor(examples.map { Int32(labels[$0]) })).mean()
        + recipe.penalty(on: weight.value)
      optimizer.step(
        along: loss.gradients(of: optimizer.parameters),
        rate: recipe.retrainingRate * (1 - Double(step) / Double(stepCount)))
      if let maxNorm { weight.update { $0 = $0.boundingRows(to: maxNorm) } }
    }
    return (weight.value.detached, bias.value.detached)
  }
}

extension ImbalanceRecipe {
  /// What the sizes and squares of weights add to a loss, a scalar.
  func penalty(on weight: Tensor) -> Tensor {
    var penalty = Tensor(Float(0))
    if l1 > 0 { penalty = penalty + Float(l1) * weight.abs().sum() }
    if l2 > 0 { penalty = penalty + Float(l2 / 2) * weight.square().sum() }
    return penalty
  }
}
