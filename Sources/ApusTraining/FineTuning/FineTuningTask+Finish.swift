import ApusLayers
import ApusModels

extension FineTuningTask {
  /// Chooses from which lead on a saved model says that there is no answer, by the validation data of
  /// each task where some questions have none.
  public func finish(_ path: String, _ precision: Mode.Precision) throws -> String? {
    let open = parts.filter {
      !$0.validation.isEmpty && config.tasks[$0.index].noAnswerThreshold != nil
    }
    guard !open.isEmpty else { return nil }
    let model = try FineTunedModel.load(path).model
    var tuned = model.config
    let notes = open.map { part in
      let threshold = model.tasks[part.index].noAnswerThreshold(
        on: part.validation, metric: part.recipe.measured[0], precision)
      tuned.tasks[part.index].noAnswerThreshold = threshold
      return "\(part.recipe.name) has no answer where that is ahead by more than \(threshold)"
    }
    try tuned.save(to: path)
    return notes.joined(separator: "; ")
  }
}
