import ApusFiles
import ApusLayers
import ApusModels
import ApusTensors
import ApusText

/// Learning to give texts vectors whose angles say how alike they are.
///
/// - Source: Reimers & Gurevych 2019.
public struct SentenceEmbeddingTask: TrainingTask {
  /// What made the run, as its model card shows it.
  public var command: String?
  let recipe: Recipe
  let section: SentenceRecipe
  let config: LanguageModelConfig
  /// The files of the examples.
  let names: (encoder: String, training: String, validation: String?)
  private let modules: SentenceModules
  private let tokenizer: Tokenizer
  private let outputSize: Int
  private let labelCount: Int
  let examples: SentenceExamples
  let validation: SentenceExamples?
  public let start: StartingPoint

  /// Texts of so many tokens together go through the model at once in validation.
  private static let batchTokenCount = 2048

  /// - Parameters:
  ///   - recipe: What is trained and how.
  ///   - directory: A directory of sentence-transformers, or a pretrained Transformer.
  ///   - data: The table to learn from.
  ///   - validation: A table of pairs with scores to measure on.
  ///   - columns: The columns of the data, and of the validation table where the recipe learns from
  ///     pairs with scores, too; empty takes customary names or the first columns.
  /// - Throws: `FileError`; `InputError` naming the row that can't be used, or what does not fit.
  public init(
    _ recipe: Recipe, encoder directory: String, data: String, validation: String? = nil,
    columns: [String] = []
  ) throws {
    guard case .sentences(let section) = recipe.model else {
      throw InputError(
        expected: "a recipe of kind sentence-embedding", found: recipe.model.kindName)
    }
    var modules = try SentenceModules(of: directory)
    let network = try PretrainedNetwork(modules.encoder)
    guard case .transformer(let config) = network.config, let tokenizer = network.tokenizer,
      let transformer = config.transformer
    else {
      throw InputError(
        file: directory, expected: "a Transformer", found: network.config.modelType)
    }
    let limit = section.maximumLength ?? modules.maximumLength ?? transformer.contextLength
    let surrounding = tokenizer.specialTokenCount(isPair: false)
    guard surrounding + 1...transformer.contextLength ~= limit || section.maximumLength == nil
    else {
      throw InputError(
        file: directory,
        expected: "a model.maximumLength of \(surrounding + 1) to \(transformer.contextLength)",
        found: "\(limit)")
    }
    modules.maximumLength = min(limit, transformer.contextLength)
    modules.head = section.head(
      modules, hiddenSize: transformer.hiddenSize, seed: UInt64(recipe.training.seed))
    outputSize = try modules.head.outputSize(of: transformer.hiddenSize, file: directory)
    let size = outputSize
    if let dimension = section.dimensions.first(where: { $0 > size }) {
      throw InputError(
        file: directory, expected: "model.dimensions of at most \(size)", found: "\(dimension)")
    }
    let rows = try SentenceRows(data, columns: columns, section.rows, section)
    labelCount = rows.labels.count
    examples = try modules.examples(rows, tokenizer, isDistinct: section.loss == .ranking)
    self.validation = try validation.map { path in
      // Validation is on pairs with scores, whatever is learnt from.
      var scored = section
      (scored.loss, scored.scoreScale) = (.cosent, 1)
      let columns = section.rows == .scored ? columns : []
      return try modules.examples(
        SentenceRows(path, columns: columns, .scored, scored), tokenizer, isDistinct: false)
    }
    start = SentenceEncoder.start(from: network, modules.head)
    self.recipe = recipe
    self.section = section
    self.config = config
    names = (directory, data, validation)
    self.modules = modules
    self.tokenizer = tokenizer
  }

  public var batchCountOfEpoch: Int? { order().batchCountOfEpoch }

  public func model(in scope: Scope) -> SentenceModel {
    SentenceModel(
      config, modules.head, section, labelCount: labelCount, outputSize: outputSize, in: scope)
  }

  public func batches(from cursor: BatchCursor) -> SentenceBatches {
    SentenceBatches(examples: examples, order: order(from: cursor))
  }

  private func order(from cursor: BatchCursor = BatchCursor()) -> LengthBatches {
    LengthBatches(
      lengths: examples.lengths, size: recipe.training.batchSize,
      order: .shuffled(seed: UInt64(recipe.training.seed)), distinct: examples.keys, from: cursor)
  }

  public func loss(
    _ batch: SentenceBatch, _ model: SentenceModel, carrying carried: inout [Tensor],
    _ mode: Mode, of counts: TargetCounts
  ) -> TaskLoss {
    TaskLoss(total: model.loss(batch, section, mode) / Float(max(1, counts.sequences)))
  }

  public func score(
    _ model: SentenceModel, _ precision: Mode.Precision
  ) throws -> ValidationScore? {
    guard let score = similarity(model.encoder, precision)?.cosine else { return nil }
    let (spearman, pearson) = (score.spearman, score.pearson)
    // What can't be told of equal scores counts as none.
    return ValidationScore(
      loss: 1 - (spearman.isNaN ? 0 : spearman),
      metrics: [("spearman", spearman), ("pearson", pearson)].map {
        ($0.0, $0.1.isNaN ? 0 : $0.1)
      }, quality: spearman.isNaN ? 0 : spearman)
  }

  /// How near the vectors of the validation pairs come to their scores; nil without such pairs.
  func similarity(_ encoder: SentenceEncoder, _ precision: Mode.Precision) -> SimilarityScore? {
    guard let validation else { return nil }
    let texts = validation.ids.flatMap { $0 }
    let vectors = withoutGradients {
      LengthBatches.results(
        ofLengths: texts.map { max(1, $0.count) }, tokens: Self.batchTokenCount
      ) { numbers in
        let vectors = encoder(
          Sequences(ids: numbers.map { texts[$0] }), .evaluation(precision))
        return numbers.indices.map { vectors.rows($0..<$0 + 1).elements(as: Float.self) }
      }
    }
    return SimilarityScore(
      first: stride(from: 0, to: vectors.count, by: 2).map { vectors[$0] },
      second: stride(from: 1, to: vectors.count, by: 2).map { vectors[$0] },
      scores: validation.targets.map(Double.init))
  }

  public func save(
    _ model: SentenceModel, _ weights: [(name: String, value: Tensor)], to path: String
  ) throws {
    try model.encoder.save(weights, modules, tokenizer, to: path)
  }
}

extension SentenceModules {
  /// Texts of rows as ids, cut to the maximum length.
  fileprivate func examples(
    _ rows: SentenceRows, _ tokenizer: Tokenizer, isDistinct: Bool
  ) throws -> SentenceExamples {
    let limit = Truncation(
      maximumLength: maximumLength ?? .max, side: tokenizer.truncation?.side ?? .right)
    let ids = try tokenizer.ids(
      of: rows.texts.flatMap { $0.map(prepared) }, limit: limit, threadCount: Processor.threadCount)
    var next = 0
    let cut = rows.texts.map { texts -> [[Int32]] in
      defer { next += texts.count }
      return Array(ids[next..<next + texts.count])
    }
    var numbers: [String: Int] = [:]
    let keys = rows.texts.map { texts in
      texts.map { text in
        let number = numbers[text] ?? numbers.count
        numbers[text] = number
        return number
      }
    }
    return SentenceExamples(ids: cut, targets: rows.targets, keys: isDistinct ? keys : [])
  }
}
