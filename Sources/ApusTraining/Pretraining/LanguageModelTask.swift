import ApusFiles
import ApusLayers
import ApusModels
import ApusTensors
import ApusText

/// Pretraining of a language model on text without labels.
public struct LanguageModelTask: TrainingTask {
  public let config: LanguageModelConfig
  public let start: StartingPoint
  private let recipe: Recipe
  private let data: PretrainingData

  /// Validations stop after so many tokens; the same ones every time.
  private static let validationTokenCount = 1 << 17

  /// - Throws: `InputError` if the recipe's vocabulary does not hold the tokenizer's, or for vectors
  ///   that do not fit it.
  init(
    _ recipe: Recipe, _ data: PretrainingData, vectors: GivenVectors?, report: (String) -> Void
  ) throws {
    self.recipe = recipe
    self.data = data
    config = try recipe.languageModel(for: data.tokenizer)
    guard case .recurrent(let section) = recipe.model else {
      guard vectors == nil else {
        throw InputError(
          expected: "no vectors of words for the recipe \(recipe.name)", found: "some")
      }
      start = StartingPoint()
      return
    }
    start = try StartingPoint(
      vectors, of: data.tokenizer, rowCount: section.vocabularySize,
      size: (section.embeddingSize, "model.embeddingSize"),
      in: RecurrentLanguageModel.embeddingName, isFrozen: section.freezesEmbeddings,
      seed: UInt64(recipe.training.seed), report)
  }

  public var batchCountOfEpoch: Int? {
    get throws {
      guard recipe.model.stream != nil else { return nil }
      return try stream(of: data.training, order: .once).batchCountOfEpoch
    }
  }

  fileprivate static func noLanguageModel(_ recipe: Recipe) -> InputError {
    InputError(
      expected: "a recipe that learns from text without labels (`apus train` takes the others)",
      found: recipe.name)
  }

  public func model(in scope: Scope) -> LanguageModel { LanguageModel(config, in: scope) }

  public func batches(from cursor: BatchCursor) throws -> LanguageModelBatches {
    try batches(
      of: data.training, order: .shuffled(seed: UInt64(recipe.training.seed)), from: cursor)
  }

  public func loss(
    _ batch: PretrainingBatch, _ model: LanguageModel, carrying carried: inout [Tensor],
    _ mode: Mode, of counts: TargetCounts
  ) -> TaskLoss {
    switch model {
    case .recurrent(let model):
      let states = batch.continues ? [RecurrentState](carried, of: model, mode) : nil
      let (loss, last) = model.loss(batch, from: states, penalties, mode, of: counts)
      carried = last.flatMap(\.tensors)
      return loss
    case .window(let model):
      let context = batch.continues ? WindowLanguageModel.Context(carried) : nil
      let (loss, last) = model.loss(batch, from: context, mode, of: counts)
      carried = [last.tensor]
      return loss
    case .gpt, .bert: return model.loss(batch, mode, of: counts)
    }
  }

  public func score(
    _ model: LanguageModel, _ precision: Mode.Precision
  ) throws -> ValidationScore? {
    guard let validation = data.validation else { return nil }
    var batches = try batches(of: validation, order: .once)
    var (sum, targetCount, tokenCount) = (0.0, 0, 0)
    var carried: [Tensor] = []
    while tokenCount < Self.validationTokenCount, let batch = try batches.next() {
      let counts = batch.targetCounts
      let loss = withoutGradients {
        self.loss(batch, model, carrying: &carried, .evaluation(precision), of: counts)
          .tokens.scalar
      }
      sum += Double(loss) * Double(counts.tokens)
      targetCount += counts.tokens
      tokenCount += batch.tokenCount
    }
    return ValidationScore(loss: sum / Double(max(1, targetCount)))
  }

  public func save(
    _ model: LanguageModel, _ weights: [(name: String, value: Tensor)], to path: String
  ) throws {
    try ModelDirectory.save(model, weights, to: path)
    try data.tokenizer.save(to: "\(path)/tokenizer.json")
  }

  private func batches(
    of source: TokenSource, order: BatchOrder, from cursor: BatchCursor = BatchCursor()
  ) throws -> LanguageModelBatches {
    let (size, length) = (recipe.training.batchSize, recipe.model.longestSequence ?? .max)
    switch (recipe.objective.kind, config) {
    case (.causal, .recurrent), (.causal, .window):
      return .stream(try stream(of: source, order: order, from: cursor))
    case (.causal, _):
      return .blocks(
        try CausalBlockBatches(
          source, vocabularySize: config.vocabularySize, contextLength: length, size: size,
          order: order, from: cursor))
    case (.masked, _):
      return .masked(
        try MaskedBatches(
          source, objective: recipe.objective, vocabulary: try MaskingVocabulary(data.tokenizer),
          contextLength: length, size: size, order: order, from: cursor))
    case (.contexts, _), (.bidirectional, _), (.classification, _), (.translation, _),
      (.tagging, _), (.transcription, _), (.similarity, _), (.tasks, _):
      throw Self.noLanguageModel(recipe)
    }
  }
}

extension LanguageModelTask {
  private func stream(
    of source: TokenSource, order: BatchOrder, from cursor: BatchCursor = BatchCursor()
  ) throws -> StreamBatches {
    guard let stream = recipe.model.stream else {
      preconditionFailure("stream: expected a model of streams, got \(recipe.model.kindName)")
    }
    let rowCount: Int
    switch recipe.training.batchSize {
    case .sequences(let count): rowCount = count
    case .tokens(let count): rowCount = max(1, count / stream.stepLength)
    }
    return try StreamBatches(
      source, vocabularySize: config.vocabularySize, rowCount: rowCount,
      stepLength: stream.stepLength, drawsLengths: stream.drawsLengths, order: order, from: cursor)
  }

  private var penalties: RecurrentPenalties {
    guard case .recurrent(let model) = recipe.model else { return RecurrentPenalties() }
    return RecurrentPenalties(
      activation: Float(model.activationPenalty), change: Float(model.changePenalty))
  }
}

extension ModelRecipe {
  /// How a model that reads a text as a stream is given it; nil for others.
  fileprivate var stream: (stepLength: Int, drawsLengths: Bool)? {
    switch self {
    case .recurrent(let model): (model.stepLength, model.drawsLengths)
    case .window(let model): (model.stepLength, false)
    default: nil
    }
  }
}

/// Batches for any objective of a language model.
public enum LanguageModelBatches: TrainingBatches {
  case blocks(CausalBlockBatches)
  case masked(MaskedBatches)
  case stream(StreamBatches)

  public var cursor: BatchCursor {
    switch self {
    case .blocks(let batches): batches.cursor
    case .masked(let batches): batches.cursor
    case .stream(let batches): batches.cursor
    }
  }

  public mutating func next() throws(InputError) -> PretrainingBatch? {
    switch self {
    case .blocks(var batches):
      defer { self = .blocks(batches) }
      return try batches.next()
    case .masked(var batches):
      defer { self = .masked(batches) }
      return try batches.next()
    case .stream(var batches):
      defer { self = .stream(batches) }
      return try batches.next()
    }
  }
}

extension Recipe {
  /// The configuration of the language model for a tokenizer.
  ///
  /// - Throws: `InputError` if the recipe's vocabulary does not hold the tokenizer's.
  func languageModel(for tokenizer: Tokenizer) throws(InputError) -> LanguageModelConfig {
    if let size = model.vocabularySize, size < tokenizer.vocabularySize {
      throw InputError(
        expected: "model.vocabularySize of at least the tokenizer's \(tokenizer.vocabularySize)",
        found: "\(size)")
    }
    switch model {
    case .transformer(let model):
      return model.configuration(
        vocabularySize: tokenizer.vocabularySize,
        endOfText: tokenizer.id(of: Tokenizer.endOfText).map(Int.init),
        padding: tokenizer.id(of: "[PAD]").map(Int.init))
    case .recurrent(let model):
      return .recurrent(
        model.configuration(
          vocabularySize: model.vocabularySize ?? tokenizer.vocabularySize,
          endOfText: tokenizer.id(of: Tokenizer.endOfText).map(Int.init)))
    case .window(let model):
      return .window(
        model.configuration(
          vocabularySize: model.vocabularySize ?? tokenizer.vocabularySize,
          endOfText: tokenizer.id(of: Tokenizer.endOfText).map(Int.init)))
    case .wordVectors, .classifier, .ensemble, .elmo, .translation, .tagger, .speech, .sentences,
      .fineTuned:
      throw LanguageModelTask.noLanguageModel(self)
    }
  }
}

extension TrainingRun where Task == LanguageModelTask {
  /// Opens the pretraining run of a directory, or starts one.
  ///
  /// - Parameters:
  ///   - recipe: What is trained and how.
  ///   - path: The run directory, made if need be.
  ///   - data: Text or token shards.
  ///   - tokenizer: A `tokenizer.json`; nil takes that of run or shards, or trains one.
  ///   - validation: Text or shards to validate on, in place of a part of the corpus.
  ///   - vectors: First values of a recurrent model's embeddings.
  ///   - report: Told what is being done.
  /// - Throws: What the general initializer throws; `InputError` for text or vectors that can't be
  ///   used.
  public convenience init(
    _ recipe: Recipe, in path: String, data: String, tokenizer: String? = nil,
    validation: String? = nil, vectors: GivenVectors? = nil,
    report: (String) -> Void = { _ in }
  ) throws {
    guard [.causal, .masked].contains(recipe.objective.kind) else {
      throw LanguageModelTask.noLanguageModel(recipe)
    }
    let sources = [
      RunSource("data", data), RunSource("validation", validation),
      RunSource("vectors", vectors?.path),
    ]
    try self.init(recipe, in: path, sources: sources, report: report) {
      directory in
      try LanguageModelTask(
        recipe,
        try PretrainingData(
          data, tokenizer: tokenizer, validation: validation, recipe: recipe,
          directory: directory, report: report),
        vectors: vectors, report: report)
    }
  }
}
