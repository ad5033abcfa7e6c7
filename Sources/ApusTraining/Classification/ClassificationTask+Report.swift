import ApusLayers
import ApusModels

extension ClassificationTask {
  /// Writes the model card of a saved model, with predictions and pictures for the validation texts.
  func report(_ path: String, _ precision: Mode.Precision) throws {
    let model = try SequenceClassifier.load(path).model
    var task = TaskConfig(name: "", kind: .classification)
    (task.labels, task.thresholds) = (model.config.labels, model.config.thresholds)
    var card = ModelCard(
      title: recipe.name,
      summary:
        "A classifier of texts (\(model.config.modelType)), trained with Apus, that tells apart "
        + "\(task.labels.count) labels.")
    card.settings = try recipe.settings
    (card.command, card.seed) = (command, seed)
    card.data.append(
      ModelCard.Source(
        use: "training", path: data.names.training, data.training.targets, of: task))
    card.limits = [ModelCard.noOtherLabel, ModelCard.otherTexts]
    if let validation = data.validation, let name = data.names.validation {
      let examples = validation.targets
      card.data.append(
        ModelCard.Source(use: "validation", path: name, examples, of: task))
      let answers = model.probabilities(of: validation, precision).map {
        TaskAnswer.label(task.decision($0), probabilities: $0)
      }
      try card.add(TaskReport(answers, to: examples, of: task, data: name), to: path)
      card.limits.append(ModelCard.chosen(by: "texts"))
    } else {
      card.limits.append(ModelCard.unmeasured(without: "texts"))
    }
    try card.write(to: path)
  }
}
