import ApusFiles
import ApusModels
import ApusText

extension EnsembleRun {
  /// The model card of an ensemble that is saved, with predictions and pictures for the validation texts
  /// beside it.
  ///
  /// - Parameters:
  ///   - members: The recipes of the members.
  ///   - texts: What they learnt from and are measured on.
  ///   - command: What made the run.
  /// - Returns: The card.
  /// - Throws: `FileError` if the ensemble can't be read, or a picture can't be written.
  func card(
    ofMembers members: [Recipe], _ texts: LabelledData, _ command: String?
  ) throws -> ModelCard {
    let ensemble = try ClassifierEnsemble(directory.path)
    var card = ModelCard(
      title: recipe.name,
      summary:
        "An ensemble of \(members.count) classifiers of texts (\(EnsembleConfig.modelType)), trained "
        + "with Apus, that tells apart \(texts.labels.count) labels by their \(ensemble.vote.outline)."
    )
    card.settings = try recipe.settings
    for (name, member) in zip(ensemble.names, members) {
      guard let section = member.classifier else { continue }
      card.settings.append(
        (
          name,
          "\(section.outline), dropout \(section.dropout), \(member.optimizer.kind.rawValue) at "
            + "\(member.optimizer.learningRate), seed \(member.training.seed)"
        ))
    }
    (card.command, card.seed) = (command, UInt64(recipe.training.seed))
    card.data.append(ModelCard.Source(use: "training", texts.training))
    card.limits = [ModelCard.noOtherLabel, ModelCard.otherTexts]
    guard let validation = texts.validation else {
      card.limits.append(ModelCard.unmeasured(without: "texts"))
      return card
    }
    card.data.append(ModelCard.Source(use: "validation", validation))
    let precision = try recipe.training.resolvedPrecision()
    let opinions = ensemble.opinions(on: validation.texts.map(\.text), precision)
    try card.add(
      ensemble.report(opinions, on: validation.texts, of: validation.name), to: directory.path)
    let score = ensemble.score(opinions, on: validation.texts)
    let parts = EnsembleConfig.Vote.allCases.map { ($0.outline, score.score(by: $0)) }
    for (name, part) in parts + zip(ensemble.names, score.members) {
      for (metric, value) in [(TaskMetric.accuracy, part.accuracy), (.macroF1, part.macroF1)] {
        card.results.append(
          ModelCard.Result(
            task: name, data: validation.name, metric: metric.rawValue, value: value))
      }
    }
    card.limits.append(ModelCard.chosen("The best weights of each member are", by: "texts"))
    return card
  }
}

extension EnsembleConfig.Vote {
  /// How members decide, in a few words.
  fileprivate var outline: String {
    switch self {
    case .majority: "majority vote"
    case .average: "averaged probabilities"
    }
  }
}

extension ModelCard.Source {
  /// Labelled texts with the counts of their labels.
  fileprivate init(use: String, _ texts: LabelledTexts) {
    self.init(
      use: use, path: texts.name, exampleCount: texts.texts.count,
      labels: texts.labelCounts.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
  }
}
