/// When a run validates and when it saves a checkpoint, beside its end.
struct Intervals {
  private let validation, checkpoint: Int?

  /// Takes what the recipe says; a run whose length is in epochs does both after each of them if it
  /// says nothing.
  init(_ recipe: TrainingRecipe, epoch: Int?) {
    let standard = recipe.epochs == nil ? nil : epoch
    validation = recipe.validateEvery ?? standard
    checkpoint = recipe.checkpointEvery ?? standard
  }

  func isValidationDue(at step: Int) -> Bool { validation.map { step % $0 == 0 } == true }
  func isCheckpointDue(at step: Int) -> Bool { checkpoint.map { step % $0 == 0 } == true }
}
