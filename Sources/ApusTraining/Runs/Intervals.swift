/// When a run validates and when it saves a checkpoint, beside its end.
struct Intervals {
  private let validation, checkpoint: Int?
  private let epoch: EpochLength?

  /// Takes what the recipe says; where it says nothing and gives its length in epochs, both are due
  /// after each of them.
  init(_ recipe: TrainingRecipe, epoch: EpochLength?) {
    validation = recipe.validateEvery
    checkpoint = recipe.checkpointEvery
    self.epoch = recipe.epochs == nil ? nil : epoch
  }

  func isValidationDue(at step: Int) -> Bool { isDue(validation, step) }
  func isCheckpointDue(at step: Int) -> Bool { isDue(checkpoint, step) }

  private func isDue(_ interval: Int?, _ step: Int) -> Bool {
    if let interval { return step.isMultiple(of: interval) }
    return epoch?.ends(with: step) == true
  }
}
