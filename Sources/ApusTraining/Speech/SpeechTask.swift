import ApusAudio
import ApusFiles
import ApusLayers
import ApusModels
import ApusTensors
import ApusText

/// Learning to write down speech: connectionist temporal classification of symbols.
public struct SpeechTask: TrainingTask {
  public let config: SpeechConfig
  private let recipe: Recipe
  private let alphabet: Alphabet
  private let input: SpeechInput
  private let training: SpeechExamples
  private let validation: SpeechExamples?
  private let augmentation: SpeechAugmentation?
  public let start: StartingPoint

  /// Reads manifests; the alphabet is that of the training transcripts.
  ///
  /// - Parameters:
  ///   - recipe: What is trained and how.
  ///   - section: The model's.
  ///   - training: A manifest to learn from.
  ///   - validation: One to measure on.
  ///   - encoder: What a wav2vec 2.0 starts from.
  ///   - directory: The run.
  ///   - report: Told what is left out.
  /// - Throws: `InputError` for manifests or audio that can't be used.
  init(
    _ recipe: Recipe, _ section: SpeechRecipe, training: String, validation: String?,
    encoder: PretrainedSpeech?,
    directory: RunDirectory, report: (String) -> Void
  ) throws {
    self.recipe = recipe
    let utterances = try SpeechManifest.read(training)
    let alphabet = Alphabet(
      of: utterances.compactMap(\.text), lowercases: recipe.objective.lowercases)
    guard alphabet.symbols.count > 2 else {
      throw InputError(file: training, expected: "transcripts", found: "none with a character")
    }
    guard let hearing = recipe.features else {
      throw InputError(expected: "a recipe with features", found: recipe.name)
    }
    try directory.keep(alphabet)
    let input = try hearing.input(for: utterances, keptIn: directory, report: report)
    try section.require(encoder)
    start =
      encoder.map {
        StartingPoint(
          values: $0.weights, frozen: [PretrainedSpeech.features], encoder: PretrainedSpeech.place)
      } ?? StartingPoint()
    config = section.configuration(
      inputSize: input.width, symbolCount: alphabet.symbols.count, blank: alphabet.blank,
      encoder: encoder?.config)
    let all = try SpeechExamples(
      utterances, manifest: training, alphabet: alphabet, input: input)
    let (examples, short) = all.feasible(for: config)
    if let first = short.first {
      report(
        "\(short.count) utterances are too short for their transcripts and are left out, "
          + "\(first.id) is the first")
    }
    guard examples.count > 0 else {
      throw InputError(
        file: training, expected: "utterances long enough for their transcripts",
        found: "\(all.count) that are not")
    }
    self.training = examples
    self.validation = try validation.map {
      try SpeechExamples(
        SpeechManifest.read($0), manifest: $0, alphabet: alphabet, input: input)
    }
    augmentation = try Self.augmentation(recipe, input)
    self.alphabet = alphabet
    self.input = input
  }

  public var batchCountOfEpoch: Int? { order(.shuffled(seed: seed)).batchCountOfEpoch }

  public func model(in scope: Scope) -> SpeechModel { SpeechModel(config, in: scope) }

  public func batches(from cursor: BatchCursor) -> SpeechBatches {
    SpeechBatches(
      examples: training, order: order(.shuffled(seed: seed), from: cursor),
      augmentation: augmentation)
  }

  public func loss(
    _ batch: SpeechBatch, _ model: SpeechModel, carrying carried: inout [Tensor], _ mode: Mode,
    of counts: TargetCounts
  ) -> TaskLoss {
    let losses = model.losses(batch, model(batch.frames, mode))
    return TaskLoss(total: losses.sum() / Float(max(1, counts.tokens)))
  }

  public func score(
    _ model: SpeechModel, _ precision: Mode.Precision
  ) throws -> ValidationScore? {
    guard let validation else { return nil }
    let score = try model.score(
      on: validation, alphabet, size: batchSize, precision)
    return ValidationScore(
      loss: score.loss,
      metrics: [("wer", score.errors.words.rate), ("cer", score.errors.characters.rate)],
      quality: -score.errors.words.rate - score.errors.characters.rate)
  }

  public func save(
    _ model: SpeechModel, _ weights: [(name: String, value: Tensor)], to path: String
  ) throws {
    try model.save(weights, to: path)
    try alphabet.save(to: path)
    try input.write(to: "\(path)/features.json")
  }

  private static func augmentation(
    _ recipe: Recipe, _ input: SpeechInput
  ) throws -> SpeechAugmentation? {
    guard let changes = recipe.augmentation, case .sound(let extractor) = input else { return nil }
    return try SpeechAugmentation(
      changes, rate: extractor.settings.sampleRate, seed: UInt64(recipe.training.seed))
  }

  private var seed: UInt64 { UInt64(recipe.training.seed) }

  /// Seconds are as many frames.
  private var batchSize: BatchSize {
    guard case .sound(let extractor) = input, let seconds = recipe.training.secondsPerBatch else {
      return recipe.training.batchSize
    }
    return .tokens(max(1, Int(seconds * extractor.settings.frameRate)))
  }

  private func order(
    _ order: BatchOrder, from cursor: BatchCursor = BatchCursor()
  ) -> LengthBatches {
    LengthBatches(
      lengths: training.frameCounts, size: batchSize, order: order,
      sortsFirstEpoch: recipe.objective.sortsFirstEpoch, from: cursor)
  }
}

extension SpeechModel {
  /// The loss of each utterance in nats; 0 for one that is too short for what is said in it.
  func losses(_ batch: SpeechBatch, _ logits: Sequences) -> Tensor {
    do {
      return try ctcLoss(
        logits, targets: batch.targets, blank: Int32(config.blank),
        infeasible: .zeroed
      ).losses
    } catch {
      preconditionFailure("SpeechModel: \(error)")
    }
  }
}

extension TrainingRun where Task == SpeechTask {
  /// Opens the run of a recogniser in a directory, or starts one.
  ///
  /// - Parameters:
  ///   - recipe: What is trained and how; its objective is `transcription`.
  ///   - path: The run directory, made if need be.
  ///   - data: A manifest of utterances with their transcripts.
  ///   - validation: One to validate on.
  ///   - encoder: A pretrained wav2vec 2.0, for a recipe that fine-tunes one.
  ///   - report: Told what is being done.
  /// - Throws: What the general initializer throws; `InputError` for manifests that can't be used.
  public convenience init(
    transcribing recipe: Recipe, in path: String, data: String, validation: String? = nil,
    encoder: PretrainedSpeech? = nil, report: (String) -> Void = { _ in }
  ) throws {
    guard case .speech(let section) = recipe.model else {
      throw InputError(expected: "a recipe of a recogniser", found: recipe.name)
    }
    let sources = [
      RunSource("data", data), RunSource("validation", validation),
      RunSource("encoder", encoder?.directory),
    ]
    try self.init(recipe, in: path, sources: sources, report: report) {
      directory in
      try SpeechTask(
        recipe, section, training: data, validation: validation, encoder: encoder,
        directory: directory, report: report)
    }
  }
}
