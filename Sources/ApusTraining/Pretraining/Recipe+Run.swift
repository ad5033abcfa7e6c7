import ApusFiles
import ApusLayers
import ApusModels
import ApusTensors
import ApusText

extension TrainingRecipe {
  /// The precision for this processor.
  ///
  /// - Throws: `InputError` if bf16 is asked for and can't be computed.
  func resolvedPrecision() throws -> Mode.Precision {
    switch precision {
    case .automatic: return Processor.multipliesBFloat16 ? .bf16 : .fp32
    case .fp32: return .fp32
    case .bf16:
      guard Processor.supportsBFloat16 else {
        throw InputError(
          expected: "fp32 or auto as precision on a processor without AVX-512", found: "bf16")
      }
      return .bf16
    }
  }
}

extension Recipe {
  /// The model's configuration for a tokenizer.
  ///
  /// - Throws: `InputError` if the recipe's vocabulary does not hold the tokenizer's.
  func configuration(for tokenizer: Tokenizer) throws -> LanguageModelConfig {
    if let size = model.vocabularySize, size < tokenizer.vocabularySize {
      throw InputError(
        expected: "model.vocabularySize of at least the tokenizer's \(tokenizer.vocabularySize)",
        found: "\(size)")
    }
    return model.configuration(
      vocabularySize: tokenizer.vocabularySize,
      endOfText: tokenizer.id(of: Tokenizer.endOfText).map(Int.init),
      padding: tokenizer.id(of: "[PAD]").map(Int.init))
  }

  /// The batches of a corpus for the recipe's objective.
  func batches(
    _ source: TokenSource, tokenizer: Tokenizer, vocabularySize: Int, order: BatchOrder,
    from cursor: BatchCursor = BatchCursor()
  ) throws -> any PretrainingBatches {
    let size =
      training.tokensPerBatch.map(BatchSize.tokens)
      ?? .sequences(training.sequencesPerBatch ?? 1)
    switch objective.kind {
    case .causal:
      return try CausalBlockBatches(
        source, vocabularySize: vocabularySize, contextLength: model.contextLength, size: size,
        order: order, from: cursor)
    case .masked:
      return try MaskedBatches(
        source, objective: objective, vocabulary: try MaskingVocabulary(tokenizer),
        contextLength: model.contextLength, size: size, order: order, from: cursor)
    }
  }
}

extension LanguageModel {
  /// The mean loss of the predicted tokens over batches, in nats.
  ///
  /// - Parameters:
  ///   - batches: What is predicted.
  ///   - precision: Of the matrix products.
  ///   - tokenLimit: After how many tokens to stop; the same ones every time.
  /// - Returns: The mean over all targets.
  /// - Throws: What the batches throw.
  func meanLoss(
    over batches: any PretrainingBatches, precision: Mode.Precision, tokenLimit: Int = .max
  ) throws -> Double {
    var batches = batches
    var (sum, targetCount, tokenCount) = (0.0, 0, 0)
    while tokenCount < tokenLimit, let batch = try batches.next() {
      let loss = withoutGradients {
        self.loss(batch, .evaluation(precision), of: TargetCounts([batch])).tokens.scalar
      }
      sum += Double(loss) * Double(batch.targetCount)
      targetCount += batch.targetCount
      tokenCount += batch.ids.count
    }
    return sum / Double(max(1, targetCount))
  }
}

extension RunDirectory {
  /// Writes the recipe of a new run, or compares it with that of the run found here.
  ///
  /// The number of steps may change, and with it the schedule; what else differs is refused.
  func keep(_ recipe: Recipe) throws {
    if exists(self.recipe), exists(checkpoint) {
      let former = try Recipe(contentsOf: self.recipe)
      var comparable = recipe
      comparable.training.steps = former.training.steps
      comparable.training.checkpointEvery = former.training.checkpointEvery
      comparable.schedule.warmupSteps = former.schedule.warmupSteps
      let lines = zip(
        try former.yaml.split(separator: "\n"), try comparable.yaml.split(separator: "\n"))
      if let (expected, found) = lines.first(where: { $0 != $1 }) {
        throw InputError(
          file: self.recipe,
          expected: "the recipe that the run began with (\(expected.trimmed))",
          found: "\(found.trimmed)")
      }
    }
    try writeAtomically(try recipe.yaml, to: self.recipe)
  }
}

extension Substring {
  fileprivate var trimmed: Substring { drop { $0 == " " } }
}
