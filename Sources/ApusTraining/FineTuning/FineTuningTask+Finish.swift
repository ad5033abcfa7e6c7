import ApusLayers
import ApusModels

extension FineTuningTask {
  /// Trains classifiers of a saved model again and chooses thresholds, as the tasks' recipes say, and
  /// from which probability on labels are given that are not exclusive, and from which lead on there is no
  /// answer where some questions have none; then writes beside it what it is, what it learnt from, and what
  /// it says of the validation data.
  public func finish(_ path: String, _ precision: Mode.Precision) throws -> String? {
    let notes = try balance(path, precision) + chooseThresholds(path, precision)
    try report(path, precision)
    return notes.isEmpty ? nil : notes.joined(separator: "; ")
  }

  private func balance(_ path: String, _ precision: Mode.Precision) throws -> [String] {
    let parts = parts.compactMap { part in part.balance.map { (part, $0.recipe) } }
      .filter { $0.1.retrainingEpochs > 0 || $0.1.tunesThresholds }
    guard !parts.isEmpty else { return [] }
    let (model, store) = try FineTunedModel.load(path)
    var config = model.config
    var notes: [String] = []
    for (part, imbalance) in parts {
      let task = model.tasks[part.index]
      if imbalance.retrainingEpochs > 0 {
        task.retrain(
          on: part.training, imbalance, seed: UInt64(recipe.training.seed), precision)
        notes.append("\(part.recipe.name): the classifier was trained again")
      }
      guard imbalance.tunesThresholds else { continue }
      let answers = task.answers(to: part.validation, precision)
      let thresholds = ClassThresholds.tuned(
        probabilities: answers.map(\.probabilities), labels: part.validation.map(\.target.number))
      config.tasks[part.index].thresholds = thresholds
      let values = thresholds.map { zip(task.config.labels, $0.values).map { "\($0) \($1)" } }
      notes.append(
        "\(part.recipe.name): thresholds \(values?.joined(separator: ", ") ?? "of no use")")
    }
    try FineTunedModel.save(config, store.namedValues, to: path)
    return notes
  }

  private func chooseThresholds(_ path: String, _ precision: Mode.Precision) throws -> [String] {
    let open = parts.filter {
      let task = config.tasks[$0.index]
      return !$0.validation.isEmpty
        && (task.kind == .multilabel || task.noAnswerThreshold != nil)
    }
    guard !open.isEmpty else { return [] }
    let model = try FineTunedModel.load(path).model
    var tuned = model.config
    let notes = open.map { part in
      if part.recipe.kind == .multilabel {
        let threshold = model.tasks[part.index].labelThreshold(on: part.validation, precision)
        tuned.tasks[part.index].threshold = threshold
        return "\(part.recipe.name) gives labels from a probability of \(threshold) on"
      }
      let threshold = model.tasks[part.index].noAnswerThreshold(
        on: part.validation, metric: part.recipe.measured[0], precision)
      tuned.tasks[part.index].noAnswerThreshold = threshold
      return "\(part.recipe.name) has no answer where that is ahead by more than \(threshold)"
    }
    try tuned.save(to: path)
    return notes
  }
}

extension TaskAnswer {
  /// The probability of each class.
  fileprivate var probabilities: [Float] {
    guard case .label(_, let probabilities) = self else {
      preconditionFailure("expected the probabilities of classes, got \(self)")
    }
    return probabilities
  }
}
