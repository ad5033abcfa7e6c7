import ApusFiles
import ApusLayers
import ApusModels
import ApusTensors
import ApusText

/// Pretraining of an `ELMo` on text without labels: the next word and the one before.
public struct ELMoTask: TrainingTask {
  public let config: ELMoConfig
  private let recipe: Recipe
  private let sampleCount: Int?
  private let tokenizer: Tokenizer
  private let training: SpeltSentences
  private let validation: SpeltSentences?

  /// Validations stop after so many words; the same ones every time.
  private static let validationWordCount = 1 << 17

  /// Reads the sentences of a run and makes a vocabulary of their words if none is given.
  ///
  /// - Throws: `InputError` for text or a tokenizer that can't be used.
  init(
    _ recipe: Recipe, _ section: ELMoRecipe, data: String, validation: String?,
    tokenizer given: String?, directory: RunDirectory, report: (String) -> Void
  ) throws {
    self.recipe = recipe
    sampleCount = section.sampleCount
    let corpus = try recipe.data.corpus(data)
    let tokenizer = try directory.tokenizer(given: given) {
      report("collecting the words of \(data)")
      return try recipe.tokenizer.trainer.train(on: corpus).tokenizer
    }
    let config = section.configuration(vocabularySize: tokenizer.vocabularySize)
    self.tokenizer = tokenizer
    self.config = config
    guard config.vocabularySize >= tokenizer.vocabularySize else {
      throw InputError(
        expected: "model.vocabularySize of at least the tokenizer's \(tokenizer.vocabularySize)",
        found: "\(config.vocabularySize)")
    }
    report("reading \(data)")
    training = try SpeltSentences(corpus, tokenizer, config.spelling)
    self.validation = try validation.map {
      try SpeltSentences(
        try recipe.data.corpus($0), tokenizer, config.spelling, limit: Self.validationWordCount)
    }
  }

  public var batchCountOfEpoch: Int? {
    batches(of: training, .shuffled(seed: seed)).order.batchCountOfEpoch
  }

  public func model(in scope: Scope) -> ELMoPretraining { ELMoPretraining(config, in: scope) }

  public func batches(from cursor: BatchCursor) -> ELMoBatches {
    batches(of: training, .shuffled(seed: seed), from: cursor)
  }

  public func loss(
    _ batch: ELMoBatch, _ model: ELMoPretraining, carrying carried: inout [Tensor],
    _ mode: Mode, of counts: TargetCounts
  ) -> TaskLoss {
    TaskLoss(
      total: model.loss(
        batch.words, targets: batch.targets, mode, divisor: Float(max(1, counts.tokens)),
        sampling: sampleCount))
  }

  public func score(_ model: ELMoPretraining, _ precision: Mode.Precision) -> ValidationScore? {
    guard let validation else { return nil }
    return ValidationScore(loss: model.loss(on: batches(of: validation, .once), precision))
  }

  public func save(
    _ model: ELMoPretraining, _ weights: [(name: String, value: Tensor)], to path: String
  ) throws {
    try model.save(weights, to: path)
    try tokenizer.save(to: "\(path)/tokenizer.json")
  }

  private var seed: UInt64 { UInt64(recipe.training.seed) }

  private func batches(
    of sentences: SpeltSentences, _ order: BatchOrder, from cursor: BatchCursor = BatchCursor()
  ) -> ELMoBatches {
    ELMoBatches(
      sentences: sentences,
      order: LengthBatches(
        lengths: sentences.lengths, size: recipe.training.batchSize, order: order, from: cursor))
  }
}

/// Sentences in batches of like length.
public struct ELMoBatches: TrainingBatches {
  let sentences: SpeltSentences
  var order: LengthBatches

  public var cursor: BatchCursor { order.cursor }

  public mutating func next() -> ELMoBatch? { order.next().map(sentences.batch) }
}

extension ELMoPretraining {
  /// The mean loss of both directions, in nats.
  fileprivate func loss(on batches: ELMoBatches, _ precision: Mode.Precision) -> Double {
    var batches = batches
    var (sum, count) = (0.0, 0)
    while let batch = batches.next() {
      let targets = batch.targetCounts.tokens
      let loss = withoutGradients {
        self.loss(batch.words, targets: batch.targets, .evaluation(precision)).scalar
      }
      sum += Double(loss) * Double(targets)
      count += targets
    }
    return sum / Double(max(1, count))
  }

  /// The mean loss of both directions over the sentences of a corpus, in nats a word.
  ///
  /// - Throws: What reading throws; `InputError` for a tokenizer that is not this model's.
  public func loss(
    on corpus: Corpus, with tokenizer: Tokenizer, _ precision: Mode.Precision
  ) throws -> Double {
    guard tokenizer.vocabularySize <= config.vocabularySize else {
      throw InputError(
        expected: "a tokenizer of at most the model's \(config.vocabularySize) tokens",
        found: "\(tokenizer.vocabularySize)")
    }
    let sentences = try SpeltSentences(corpus, tokenizer, config.spelling)
    return loss(
      on: ELMoBatches(
        sentences: sentences,
        order: LengthBatches(lengths: sentences.lengths, size: .tokens(2048), order: .once)),
      precision)
  }
}

extension TrainingRun where Task == ELMoTask {
  /// Opens the pretraining run of an `ELMo` in a directory, or starts one.
  ///
  /// - Parameters:
  ///   - recipe: What is trained and how; its model is an `elmo`.
  ///   - path: The run directory, made if need be.
  ///   - data: Text, a sentence a line.
  ///   - tokenizer: A `tokenizer.json` of words; nil takes that of the run, or makes one.
  ///   - validation: Text to validate on.
  ///   - report: Told what is being done.
  /// - Throws: What the general initializer throws; `InputError` for text that can't be used.
  public convenience init(
    embedding recipe: Recipe, in path: String, data: String, tokenizer: String? = nil,
    validation: String? = nil, report: (String) -> Void = { _ in }
  ) throws {
    guard case .elmo(let section) = recipe.model else {
      throw InputError(expected: "a recipe of an ELMo", found: recipe.name)
    }
    let sources = [RunSource("data", data), RunSource("validation", validation)]
    try self.init(recipe, in: path, sources: sources, report: report) {
      directory in
      try ELMoTask(
        recipe, section, data: data, validation: validation, tokenizer: tokenizer,
        directory: directory, report: report)
    }
  }
}
