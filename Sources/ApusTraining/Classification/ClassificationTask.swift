import ApusFiles
import ApusLayers
import ApusModels
import ApusTensors
import ApusText

/// Learning to tell the labels of texts.
public struct ClassificationTask: TrainingTask {
  public let config: ClassifierConfig
  let recipe: Recipe
  let section: ClassifierRecipe
  let data: ClassificationData
  private let unknownID: Int32?
  private let classLoss: ClassLoss
  public let start: StartingPoint
  /// What made the run, as its model card shows it.
  var command: String?
  /// Whether a model card is written; not for the members of an ensemble.
  var writesReport = true

  /// - Throws: `InputError` if the recipe's vocabulary does not hold the tokenizer's, or for vectors
  ///   that do not fit it.
  init(
    _ recipe: Recipe, _ section: ClassifierRecipe, _ data: ClassificationData,
    vectors: GivenVectors?, report: (String) -> Void
  ) throws {
    if let tokenizer = data.reader.tokenizer {
      start = try StartingPoint(
        vectors, of: tokenizer, rowCount: section.vocabularySize,
        size: (section.embeddingSize, "model.embeddingSize"),
        in: SequenceClassifier.embeddingName, isFrozen: section.freezesEmbeddings,
        seed: UInt64(recipe.training.seed), report)
    } else {
      guard vectors == nil else {
        throw InputError(
          expected: "no vectors of words for a model that reads terms", found: "some")
      }
      start = StartingPoint()
    }
    self.recipe = recipe
    self.section = section
    self.data = data
    classLoss = ClassLoss(
      recipe.imbalance,
      ClassBalance(labels: data.training.knownLabels, classCount: data.labels.count),
      labelSmoothing: recipe.objective.labelSmoothing)
    config = section.configuration(
      vocabularySize: data.reader.vocabularySize, labels: data.labels)
    guard config.vocabularySize >= data.reader.vocabularySize else {
      throw InputError(
        expected:
          "model.vocabularySize of at least the tokenizer's \(data.reader.vocabularySize)",
        found: "\(config.vocabularySize)")
    }
    unknownID = data.reader.tokenizer?.unknownID
    guard data.validation != nil || recipe.imbalance?.tunesThresholds != true else {
      throw InputError(
        expected: "validation texts, as imbalance.tuneThresholds asks", found: "none")
    }
    guard unknownID != nil || section.wordDropout == 0 || config.readsTerms else {
      throw InputError(
        expected: "a tokenizer with [UNK] or <unk>, as model.wordDropout asks", found: "one without"
      )
    }
  }

  public var labels: [String] { config.labels }

  public var batchCountOfEpoch: Int? { order(.shuffled(seed: seed)).batchCountOfEpoch }

  public func model(in scope: Scope) -> SequenceClassifier {
    SequenceClassifier(config, in: scope)
  }

  public func bound(_ model: SequenceClassifier) {
    guard let limit = section.maxNorm else { return }
    model.classifier.weight.update { $0 = $0.boundingRows(to: Float(limit)) }
  }

  public func batches(from cursor: BatchCursor) -> ClassificationBatches {
    ClassificationBatches(
      examples: data.training, order: order(.shuffled(seed: seed), from: cursor))
  }

  public func loss(
    _ batch: ClassificationBatch, _ model: SequenceClassifier, carrying carried: inout [Tensor],
    _ mode: Mode, of counts: TargetCounts
  ) -> TaskLoss {
    var texts = batch.texts
    texts.ids = texts.ids.map { dropWords($0, mode) }
    let logits = model(texts, mode)
    var losses = classLoss(logits, targets: batch.targets, ignoring: -1)
    if let distillation = data.distillation {
      let distances = distillationLoss(
        logits, teacher: distillation.answers(for: batch.numbers),
        temperature: distillation.temperature)
      losses = (1 - distillation.share) * losses + distillation.share * distances
    }
    let loss = losses.sum() / Float(max(1, counts.sequences))
    guard let imbalance = recipe.imbalance, imbalance.l1 + imbalance.l2 > 0 else {
      return TaskLoss(total: loss)
    }
    let share = Float(batch.targetCounts.sequences) / Float(max(1, counts.sequences))
    let penalty = imbalance.penalty(on: model.classifier.weight.value)
    return TaskLoss(total: loss + share * penalty, tokens: loss)
  }

  public func score(_ model: SequenceClassifier, _ precision: Mode.Precision) -> ValidationScore? {
    guard let validation = data.validation else { return nil }
    let score = model.score(on: validation, precision)
    return ValidationScore(
      loss: score.loss, metrics: [("accuracy", score.accuracy), ("macro_f1", score.macroF1)],
      quality: recipe.imbalance == nil ? score.accuracy : score.macroF1)
  }

  public func save(
    _ model: SequenceClassifier, _ weights: [(name: String, value: Tensor)], to path: String
  ) throws {
    try model.save(weights, to: path)
    try data.reader.save(to: path)
  }

  var seed: UInt64 { UInt64(recipe.training.seed) }

  /// Which texts an epoch takes; nil for all of them.
  private var sampling: ClassSampling? {
    guard let kind = recipe.imbalance?.sampling, kind != .natural else { return nil }
    return ClassSampling(
      kind, labels: data.training.knownLabels, classCount: data.labels.count, seed: seed)
  }

  private func order(
    _ order: BatchOrder, from cursor: BatchCursor = BatchCursor()
  ) -> LengthBatches {
    LengthBatches(
      lengths: data.training.lengths, size: recipe.training.batchSize, order: order,
      sampling: sampling, from: cursor)
  }

  /// Ids of which some count as unknown.
  private func dropWords(_ ids: Tensor, _ mode: Mode) -> Tensor {
    guard let unknownID,
      let dropped = mode.dropped(rate: Float(section.wordDropout), "words")
    else { return ids }
    let kept = dropout(.ones(ids.shape), dropped).elements(as: Float.self)
    var result = ids
    result.mutate(as: Int32.self) { ids in
      for index in ids.indices where kept[index] == 0 { ids[index] = unknownID }
    }
    return result
  }
}

/// Labelled texts in batches of like length.
public struct ClassificationBatches: TrainingBatches {
  let examples: ClassificationExamples
  var order: LengthBatches

  public var cursor: BatchCursor { order.cursor }

  public mutating func next() -> ClassificationBatch? { order.next().map(examples.batch) }
}

extension SequenceClassifier {
  /// How well the model tells the labels of texts; a text of another label counts as wrong.
  func score(
    on examples: ClassificationExamples, _ precision: Mode.Precision
  ) -> ClassificationScore {
    var score = ClassificationScore(classCount: config.labels.count)
    var batches = ClassificationBatches(
      examples: examples,
      order: LengthBatches(lengths: examples.lengths, size: .tokens(4096), order: .once))
    var (sum, count) = (0.0, 0)
    withoutGradients {
      while let batch = batches.next() {
        let logits = self(batch.texts, .evaluation(precision))
        let losses = crossEntropy(logits, targets: batch.targets, ignoring: -1)
        sum += Double(losses.sum().scalar)
        count += batch.targetCounts.sequences
        let (rows, width) = (logits.softmax().floatElements, config.labels.count)
        for (row, label) in batch.labels.enumerated() {
          let probabilities = rows[row * width..<(row + 1) * width]
          score.add(expected: label, predicted: config.decision(probabilities))
        }
      }
    }
    score.loss = sum / Double(max(1, count))
    return score
  }
}

extension TrainingRun where Task == ClassificationTask {
  /// Opens the run of a classifier in a directory, or starts one.
  ///
  /// - Parameters:
  ///   - recipe: What is trained and how; its objective is `classification`.
  ///   - path: The run directory, made if need be.
  ///   - texts: What is learnt from and validated on.
  ///   - sources: The files that they are from.
  ///   - tokenizer: A `tokenizer.json`; nil takes that of the run, or trains one.
  ///   - vectors: First values of the words' vectors.
  ///   - teacher: The directory of a classifier or ensemble to learn from too.
  ///   - command: What made the run, for its model card.
  ///   - report: Told what is being done.
  /// - Throws: What the general initializer throws; `InputError` for vectors or a teacher that can't be
  ///   used.
  public convenience init(
    classifying recipe: Recipe, in path: String, texts: LabelledData,
    sources: [RunSource?] = [], tokenizer: String? = nil, vectors: GivenVectors? = nil,
    teacher: String? = nil, command: String? = nil, report: (String) -> Void = { _ in }
  ) throws {
    guard case .classifier(let section) = recipe.model else {
      throw InputError(expected: "a recipe of a classifier", found: recipe.name)
    }
    try self.init(recipe, in: path, sources: sources, report: report) { directory in
      let reader = try texts.reader(
        for: section, tokenizer: tokenizer, recipe: recipe, in: directory, report: report)
      let distillation = try Distillation(
        teacher, recipe.objective, texts: texts.training.texts, labels: texts.labels)
      var task = try ClassificationTask(
        recipe, section, ClassificationData(texts, reader, distillation), vectors: vectors,
        report: report)
      task.command = command
      return task
    }
  }
}
