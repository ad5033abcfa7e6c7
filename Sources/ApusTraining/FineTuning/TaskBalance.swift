import ApusFiles
import ApusLayers
import ApusModels
import ApusTensors

/// What a task does about classes of unequal size while it learns.
struct TaskBalance: Sendable {
  let recipe: ImbalanceRecipe
  let loss: ClassLoss
  /// Which examples an epoch takes; nil for all of them.
  let sampling: ClassSampling?

  /// - Returns: Nil for a task that does nothing about them.
  /// - Throws: `InputError` for thresholds that are to be chosen without validation data.
  init?(
    _ task: TaskRecipe, _ examples: [TaskExample], classCount: Int, seed: UInt64
  ) throws(InputError) {
    guard let recipe = task.imbalance else { return nil }
    guard task.validation != nil || !recipe.tunesThresholds else {
      throw InputError(
        expected: "tasks.\(task.name).validation, as imbalance.tuneThresholds asks",
        found: "none")
    }
    let labels = examples.compactMap(\.target.number)
    self.recipe = recipe
    loss = ClassLoss(
      recipe, ClassBalance(labels: labels, classCount: classCount),
      labelSmoothing: task.labelSmoothing)
    sampling =
      recipe.sampling == .natural
      ? nil : ClassSampling(recipe.sampling, labels: labels, classCount: classCount, seed: seed)
  }

  /// What the weights of the classifier add to the loss; nil for nothing.
  func penalty(on task: TaskModel) -> Tensor? {
    guard recipe.l1 + recipe.l2 > 0, let classifier = task.classifier else { return nil }
    return recipe.penalty(on: classifier.weight.value)
  }
}

extension TaskTarget {
  /// The number of the class; nil for another target and for a class that the model does not know.
  var number: Int? {
    guard case .label(let number) = self else { return nil }
    return number
  }
}

extension TaskModel {
  /// Trains the linear classifier again, on the features of training examples, with as many of every
  /// class.
  func retrain(
    on examples: [TaskExample], _ imbalance: ImbalanceRecipe, seed: UInt64,
    _ precision: Mode.Precision
  ) {
    guard let classifier else { preconditionFailure("retrain: expected a linear classifier") }
    let rows = LengthBatches.results(ofLengths: examples.map(\.length), tokens: 4096) { numbers in
      let inputs = numbers.flatMap { examples[$0].inputs }
      let features = features(inputs, .evaluation(precision))
      return (0..<features.rowCount).map { features.rows($0..<$0 + 1).floatElements }
    }
    var retraining = ClassifierRetraining(imbalance)
    retraining.dropout = config.dropout
    retraining.seed = seed
    let (weight, bias) = retraining.classifier(
      Tensor(rows.flatMap { $0 }, [rows.count, rows[0].count]),
      labels: examples.compactMap(\.target.number), classCount: config.labels.count)
    classifier.weight.update { $0 = weight }
    classifier.bias?.update { $0 = bias }
  }
}
