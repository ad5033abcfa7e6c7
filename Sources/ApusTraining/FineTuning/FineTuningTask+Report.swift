import ApusLayers
import ApusModels

extension FineTuningTask {
  /// Writes the model card of a saved model, with predictions and pictures for the validation data.
  func report(_ path: String, _ precision: Mode.Precision) throws {
    let model = try FineTunedModel.load(path).model
    let names = parts.map(\.recipe.name)
    var card = ModelCard(
      title: names.joined(separator: ", "),
      summary:
        "A \(config.encoder.modelType) encoder, fine-tuned with Apus on "
        + "\(names.count == 1 ? "one task" : "\(names.count) tasks together"): "
        + parts.map { model.tasks[$0.index].config.outline }.joined(separator: "; ") + ".")
    card.settings = try recipe.settings
    (card.command, card.seed) = (command, UInt64(recipe.training.seed))
    for part in parts {
      let task = model.tasks[part.index]
      card.data.append(
        ModelCard.Source(
          use: "\(part.recipe.name), training", path: part.recipe.data ?? "", part.training,
          of: task.config))
      guard let file = part.recipe.validation, !part.validation.isEmpty else {
        card.limits.append("\(part.recipe.name) was not measured: it has no validation data.")
        continue
      }
      card.data.append(
        ModelCard.Source(
          use: "\(part.recipe.name), validation", path: file, part.validation, of: task.config))
      guard task.config.kind != .language else { continue }
      try card.add(
        TaskReport(
          task.answers(to: part.validation, precision), to: part.validation, of: task.config,
          data: file),
        to: path)
    }
    card.limits += limits(model.config)
    try card.write(to: path)
  }

  private func limits(_ config: FineTunedConfig) -> [String] {
    var limits = [
      "The best model is chosen by the validation data above: expect somewhat less on others, and "
        + "less still on texts of another kind than those it learnt from.",
      "Of a text or pair, \(config.maximumLength) tokens are read.",
    ]
    for part in parts where config.tasks[part.index].kind == .classification {
      let task = config.tasks[part.index]
      limits.append(
        "\(task.name) tells its \(task.labels.count) labels apart: a text of none of them gets "
          + "one all the same.")
      let balance = ClassBalance(
        labels: part.training.compactMap(\.target.number), classCount: task.labels.count)
      guard balance.ratio >= Self.unevenRatio,
        let rarest = balance.counts.firstIndex(of: balance.rarestCount)
      else { continue }
      limits.append(
        "\(task.name) learnt \(task.labels[rarest]) from \(balance.rarestCount) of "
          + "\(balance.exampleCount) examples.")
    }
    return limits
  }

  /// Labels that are so many times rarer than others are told.
  private static let unevenRatio = 5.0
}

extension TaskConfig {
  /// The task in a few words.
  fileprivate var outline: String {
    let labels = labels.count > 10 ? ["\(labels.count) labels"] : labels
    return "\(name) (\(kind.rawValue)\(isPair ? " of pairs" : "")"
      + (labels.isEmpty ? ")" : ": \(labels.joined(separator: ", ")))")
  }
}
