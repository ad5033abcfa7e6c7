import ApusLayers
import ApusModels
import ApusTensors

extension ClassificationTask {
  /// Trains the classifier of a saved model again, and chooses its thresholds, as the recipe says; then
  /// writes beside it what it is, what it learnt from, and what it says of the validation texts.
  public func finish(_ path: String, _ precision: Mode.Precision) throws -> String? {
    let notes = try balance(path, precision)
    if writesReport { try report(path, precision) }
    return notes
  }

  private func balance(_ path: String, _ precision: Mode.Precision) throws -> String? {
    guard let imbalance = recipe.imbalance,
      imbalance.retrainingEpochs > 0 || imbalance.tunesThresholds
    else { return nil }
    let (model, store) = try SequenceClassifier.load(path)
    var notes: [String] = []
    if imbalance.retrainingEpochs > 0 {
      retrain(model, imbalance, precision)
      notes.append("the classifier was trained again")
    }
    var config = model.config
    config.thresholds = nil
    if imbalance.tunesThresholds, let validation = data.validation {
      config.thresholds = .tuned(
        probabilities: model.probabilities(of: validation, precision), labels: validation.labels)
      let values = config.thresholds.map { zip(config.labels, $0.values).map { "\($0) \($1)" } }
      notes.append("thresholds \(values?.joined(separator: ", ") ?? "of no use")")
    }
    try SequenceClassifier.save(config, store.namedValues, to: path)
    return notes.joined(separator: "; ")
  }

  private func retrain(
    _ model: SequenceClassifier, _ imbalance: ImbalanceRecipe, _ precision: Mode.Precision
  ) {
    let examples = data.training
    let rows = examples.texts.results { model.features($0, .evaluation(precision)) }
    var retraining = ClassifierRetraining(imbalance)
    retraining.dropout = config.dropout
    retraining.maxNorm = section.maxNorm.map { Float($0) }
    retraining.seed = seed
    let (weight, bias) = retraining.classifier(
      Tensor(rows.flatMap { $0 }, [rows.count, config.featureCount]),
      labels: examples.knownLabels, classCount: config.labels.count)
    model.classifier.weight.update { $0 = weight }
    model.classifier.bias?.update { $0 = bias }
  }
}

extension SequenceClassifier {
  /// The probability of each class, of each text.
  func probabilities(
    of examples: ClassificationExamples, _ precision: Mode.Precision
  ) -> [[Float]] {
    examples.texts.results { self($0, .evaluation(precision)).softmax() }
  }
}
