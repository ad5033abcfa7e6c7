import ApusFiles
import ApusLayers
import ApusModels
import ApusTensors

/// Learning to turn sources into targets from pairs of lines.
public struct TranslationTask: TrainingTask {
  public let config: TranslatorConfig
  private let recipe: Recipe
  private let tokenizers: TranslationTokenizers
  private let training: TranslationPairs
  private let validation: (pairs: TranslationPairs, targets: [String])?

  /// Validations translate this many lines, spread evenly, the same ones every time.
  private static let translatedCount = 1000

  /// - Throws: What reading and training of tokenizers throw; `InputError` for a recipe that does
  ///   not translate.
  init(
    _ recipe: Recipe, source: String, target: String,
    validation: (source: String, target: String)?, directory: RunDirectory,
    report: (String) -> Void
  ) throws {
    guard case .translation(let model) = recipe.model else {
      throw InputError(expected: "a recipe that translates", found: recipe.name)
    }
    // Tokenizers are trained on the files before the pairs are encoded.
    for path in [source, target] where path == "-" {
      throw InputError(
        file: "standard input", expected: "files to train a translator on, which are read twice",
        found: "a stream")
    }
    let text = try ParallelText(source: source, target: target)
    let held = try validation.map { try ParallelText(source: $0.source, target: $0.target) }
    let tokenizers: TranslationTokenizers
    if directory.hasBegun, TranslationTokenizers.exist(in: directory) {
      tokenizers = try TranslationTokenizers(of: directory.path)
    } else {
      report("training tokenizers on \(source) and \(target)")
      tokenizers = try TranslationTokenizers(
        trainingFor: recipe, model, source: source, target: target)
      try tokenizers.save(to: directory.path)
    }
    self.recipe = recipe
    self.tokenizers = tokenizers
    config = model.configuration(for: tokenizers)
    let copies = config.copies
    training = TranslationPairs(text, tokenizers, copies: copies)
    self.validation = held.map {
      (TranslationPairs($0, tokenizers, copies: copies), $0.targets)
    }
  }

  public var batchCountOfEpoch: Int? { batches(BatchCursor()).batchCountOfEpoch }

  public func model(in scope: Scope) -> Translator { Translator(config, in: scope) }

  public func batches(from cursor: BatchCursor) throws -> TranslationBatches { batches(cursor) }

  private func batches(_ cursor: BatchCursor) -> TranslationBatches {
    TranslationBatches(
      training, size: recipe.training.batchSize,
      order: .shuffled(seed: UInt64(recipe.training.seed)), from: cursor)
  }

  public func loss(
    _ batch: TranslationBatch, _ model: Translator, carrying carried: inout [Tensor], _ mode: Mode,
    of counts: TargetCounts
  ) -> TaskLoss {
    var inputs = batch.inputs
    if recipe.objective.sampledInputRate > 0, let key = mode.key(of: "sampled inputs") {
      inputs = model.sampledInputs(
        batch.sources, inputs: inputs, rate: Float(recipe.objective.sampledInputRate), key, mode)
    }
    return TaskLoss(
      total: model.loss(
        batch.sources, inputs: inputs, targets: batch.targets, mode,
        labelSmoothing: Float(recipe.objective.labelSmoothing), divisor: Float(counts.tokens),
        copies: batch.copies))
  }

  public func score(
    _ model: Translator, _ precision: Mode.Precision
  ) throws -> ValidationScore? {
    guard let (pairs, targets) = validation else { return nil }
    let mode = Mode.evaluation(precision)
    var batches = TranslationBatches(pairs, size: recipe.training.batchSize, order: .once)
    var (sum, count) = (0.0, 0)
    while let batch = try batches.next() {
      let loss = withoutGradients {
        model.loss(
          batch.sources, inputs: batch.inputs, targets: batch.targets, mode, copies: batch.copies
        ).scalar
      }
      sum += Double(loss) * Double(batch.tokenCount)
      count += batch.tokenCount
    }
    let translated = min(pairs.count, Self.translatedCount)
    let numbers = (0..<translated).map { $0 * pairs.count / translated }
    let outputs = try model.translations(
      of: numbers.map { pairs.sources[$0] }, TranslationSearch(width: 1),
      copies: pairs.copies.map { copies in numbers.map { copies[$0] } }, mode)
    var score = TranslationScore()
    for (number, found) in zip(numbers, outputs) {
      score.add(
        tokenizers.decodeTarget(found.first?.tokens ?? [], copying: pairs.words?[number] ?? []),
        references: [targets[number]])
    }
    return ValidationScore(
      loss: sum / Double(max(1, count)),
      metrics: [
        ("bleu", score.bleu), ("exact_match", score.exactMatch), ("edit_rate", score.editRate),
      ],
      quality: quality(score))
  }

  /// What the best model is chosen by; nil for the loss.
  private func quality(_ score: TranslationScore) -> Double? {
    switch recipe.objective.best {
    case .loss: nil
    case .bleu: score.bleu
    case .exactMatch: score.exactMatch
    }
  }

  public func save(
    _ model: Translator, _ weights: [(name: String, value: Tensor)], to path: String
  ) throws {
    try model.save(weights, to: path)
    try tokenizers.save(to: path)
  }
}

extension TrainingRun where Task == TranslationTask {
  /// Opens the run of a directory, or starts one.
  ///
  /// - Parameters:
  ///   - recipe: What is trained and how.
  ///   - path: The run directory, made if need be.
  ///   - source: A file of lines to read.
  ///   - target: A file of lines to write, one for each of `source`.
  ///   - validation: Two files to validate on.
  ///   - report: Told what is being done.
  /// - Throws: What the general initializer throws; `InputError` for files that can't be used.
  public convenience init(
    _ recipe: Recipe, in path: String, source: String, target: String,
    validation: (source: String, target: String)? = nil, report: (String) -> Void = { _ in }
  ) throws {
    let sources = [
      RunSource("source", source), RunSource("target", target),
      RunSource("validation source", validation?.source),
      RunSource("validation target", validation?.target),
    ]
    try self.init(recipe, in: path, sources: sources, report: report) {
      directory in
      try TranslationTask(
        recipe, source: source, target: target, validation: validation, directory: directory,
        report: report)
    }
  }
}
