import ApusFiles
import ApusLayers
import ApusModels
import ApusTensors
import ApusText

/// A pretraining run in a directory: started there, or continued from its last checkpoint.
///
/// A run is a function of its recipe, corpus, tokenizer and thread count. Stopped at any moment and
/// continued, it ends with the same bits as one that was never stopped.
public final class PretrainingRun {
  public let recipe: Recipe
  public let directory: RunDirectory
  public let model: LanguageModel
  public let precision: Mode.Precision
  private let data: PretrainingData
  private let parameters: ParameterStore
  private let schedule: Schedule
  private let lock: RunLock
  private var state: RunState
  private var batches: any PretrainingBatches
  private var optimizer: Optimizer
  private var average: WeightAverage?

  /// The optimizer steps done.
  public var step: Int { state.step }
  /// Whether there is nothing left to do.
  public var isFinished: Bool { state.step >= recipe.training.steps || state.isStoppedEarly }

  /// Opens the run of a directory, or starts one.
  ///
  /// - Parameters:
  ///   - recipe: What is trained and how. A run that is continued must have been started with the
  ///     same, but for the number of steps.
  ///   - path: The run directory, made if need be.
  ///   - dataPath: Text or token shards.
  ///   - tokenizer: A `tokenizer.json`; nil takes that of run or shards, or trains one.
  ///   - validationPath: Text or shards to validate on, in place of a part of the corpus.
  ///   - report: Told what is being done.
  /// - Throws: `InputError` for input that can't be used, a directory that another process works in,
  ///   or a recipe other than the run's.
  public init(
    _ recipe: Recipe, in path: String, data dataPath: String, tokenizer: String? = nil,
    validation validationPath: String? = nil, report: (String) -> Void = { _ in }
  ) throws {
    try recipe.validate()
    self.recipe = recipe
    directory = RunDirectory(path)
    precision = try recipe.training.resolvedPrecision()
    try directory.create()
    lock = try RunLock(directory: path)
    try directory.keep(recipe)
    let data = try PretrainingData(
      dataPath, tokenizer: tokenizer, validation: validationPath, recipe: recipe,
      directory: directory, report: report)
    self.data = data
    let config = try recipe.configuration(for: data.tokenizer)
    schedule = Schedule(
      recipe.schedule, peakRate: recipe.optimizer.learningRate, stepCount: recipe.training.steps)

    let saved =
      directory.exists(directory.checkpoint)
      ? try Checkpoint.Saved(contentsOf: directory.checkpoint) : nil
    if let saved {
      (model, parameters) = try ParameterStore.loading(from: saved.weight) {
        LanguageModel(config, in: $0)
      }
      report("continuing at step \(saved.state.step)")
    } else {
      parameters = ParameterStore(seed: UInt64(recipe.training.seed))
      model = LanguageModel(config, in: parameters.root)
    }
    state = saved?.state ?? RunState()
    let trained = parameters.parameters
    optimizer = Optimizer(recipe.optimizer, parameters: trained)
    average = recipe.training.emaDecay.map { WeightAverage(decay: $0, of: trained) }
    if let saved {
      try optimizer.restore(stepCount: saved.state.step, from: saved.optimizer)
      try average?.restore(from: saved.average)
    }
    batches = try recipe.batches(
      data.training, tokenizer: data.tokenizer, vocabularySize: config.vocabularySize,
      order: .shuffled(seed: UInt64(recipe.training.seed)), from: state.cursor)
  }

  /// What a step gave.
  public struct StepReport: Sendable {
    /// The optimizer steps done, this one included.
    public var step: Int
    /// The mean loss over the step's targets, in nats.
    public var loss: Double
    /// The part of the predicted tokens, in nats.
    public var tokenLoss: Double
    public var rate: Double
    /// The common norm of all gradients before clipping.
    public var gradientNorm: Double
    public var tokenCount: Int
  }

  /// Trains until the last step, validating and saving as the recipe says.
  ///
  /// - Parameters:
  ///   - showsProgress: Whether a progress bar is written to standard error.
  ///   - isCancelled: Asked after each step; a cancelled run saves a checkpoint and returns.
  /// - Throws: `NonFiniteLossError` with the last checkpoint kept; `FileError` if a file can't be
  ///   written.
  public func run(showsProgress: Bool = true, isCancelled: () -> Bool = { false }) throws {
    let log = try RunLog(self.directory, recipe: recipe, from: state.step, shows: showsProgress)
    while !isFinished {
      let report = try advance()
      try log.append(report)
      let isLast = state.step == recipe.training.steps
      if isLast || recipe.training.validateEvery.map({ state.step % $0 == 0 }) == true {
        try validate(log)
      }
      let isDue = recipe.training.checkpointEvery.map { state.step % $0 == 0 } == true
      let isStopping = isCancelled()
      if isLast || isDue || isStopping || state.isStoppedEarly {
        try save(isScheduled: isDue || isLast)
        try log.drawCurve()
      }
      if isStopping { break }
    }
    if isFinished { try saveModel() }
    log.finish()
  }

  /// One optimizer step.
  private func advance() throws -> StepReport {
    var parts: [PretrainingBatch] = []
    for _ in 0..<recipe.training.accumulation {
      guard let batch = try batches.next() else { preconditionFailure("batches came to an end") }
      parts.append(batch)
    }
    let counts = TargetCounts(parts)
    var report = StepReport(
      step: state.step + 1, loss: 0, tokenLoss: 0,
      rate: schedule.rate(at: state.step, plateau: state.plateau), gradientNorm: 0, tokenCount: 0)
    var gradients: Gradients?
    for (index, batch) in parts.enumerated() {
      let mode = Mode.training(
        seed: UInt64(recipe.training.seed), step: state.step, precision: precision,
        recomputesBlocks: recipe.training.gradientCheckpointing
      ).split(index)
      let loss = model.loss(batch, mode, of: counts)
      report.loss += Double(loss.total.scalar)
      report.tokenLoss += Double(loss.tokens.scalar)
      report.tokenCount += batch.ids.count
      let part = loss.total.gradients(of: parameters.parameters)
      if gradients == nil { gradients = part } else { gradients?.add(part) }
    }
    guard let sum = gradients.take() else { preconditionFailure("a step without a batch") }
    report.gradientNorm = sum.norm(of: optimizer.parameters)
    for (name, value) in [("loss", report.loss), ("gradient norm", report.gradientNorm)] {
      guard value.isFinite else {
        throw NonFiniteLossError(
          step: state.step + 1, cursor: state.cursor, value: "\(name) \(value)",
          checkpoint: directory.checkpoint)
      }
    }
    optimizer.step(
      along: sum, norm: report.gradientNorm, rate: report.rate,
      clipNorm: recipe.training.clipNorm, clipValue: recipe.training.clipValue)
    average?.update()
    state.step += 1
    state.tokenCount += report.tokenCount
    state.cursor = batches.cursor
    return report
  }

  /// The weights that the model is used with: the averages if there are any.
  private var usedWeights: [(name: String, value: Tensor)] {
    average?.namedValues ?? parameters.namedValues
  }

  private func validate(_ log: RunLog) throws {
    guard let validation = data.validation else { return }
    let used = try usedModel()
    let loss = try used.meanLoss(
      over: recipe.batches(
        validation, tokenizer: data.tokenizer, vocabularySize: model.config.vocabularySize,
        order: .once),
      precision: precision, tokenLimit: 1 << 17)
    try log.append(validationLoss: loss, step: state.step)
    state.plateau.observe(loss: loss, recipe.schedule)
    if loss < state.bestLoss ?? .infinity {
      state.bestLoss = loss
      state.validationsWithoutImprovement = 0
      try ModelDirectory.save(model, usedWeights, to: directory.best)
      try data.tokenizer.save(to: "\(directory.best)/tokenizer.json")
    } else {
      state.validationsWithoutImprovement += 1
    }
    if let patience = recipe.training.earlyStoppingPatience,
      state.validationsWithoutImprovement >= patience
    {
      state.isStoppedEarly = true
    }
  }

  /// The model with the weights that it is used with.
  private func usedModel() throws -> LanguageModel {
    guard let average else { return model }
    let values = Dictionary(uniqueKeysWithValues: average.namedValues.map { ($0.name, $0.value) })
    return try ParameterStore.loading(
      from: { name, shape in values[name] ?? .zeros(shape) }
    ) { LanguageModel(model.config, in: $0) }.model
  }

  /// Saves a checkpoint, then the model directory that is made from it.
  private func save(isScheduled: Bool) throws {
    if let count = recipe.training.averageLast, isScheduled {
      try writeSafetensors(
        parameters.namedValues, to: directory.weights(atStep: state.step))
      state.keptSteps.append(state.step)
      for step in state.keptSteps.dropLast(count) { directory.removeWeights(atStep: step) }
      state.keptSteps = state.keptSteps.suffix(count)
    }
    try Checkpoint.save(
      state, weights: parameters.namedValues, optimizer: optimizer.namedState,
      average: average?.state ?? [], to: directory.checkpoint)
    try saveModel()
  }

  private func saveModel() throws {
    let isAveraged = isFinished && !state.keptSteps.isEmpty
    let weights =
      isAveraged
      ? try meanWeights(ofFiles: state.keptSteps.map(directory.weights(atStep:))) : usedWeights
    try ModelDirectory.save(model, weights, to: directory.path)
  }
}

/// A loss or gradient that is no number: training can't go on from it.
public struct NonFiniteLossError: Error, CustomStringConvertible, Equatable {
  public let step: Int
  /// Where the step's first batch stands in the order of all.
  public let cursor: BatchCursor
  public let value: String
  public let checkpoint: String

  public var description: String {
    """
    step \(step) (epoch \(cursor.epoch), position \(cursor.position), batch \(cursor.batch)): \
    expected a finite value, got \(value); the last good checkpoint is kept at \(checkpoint)
    """
  }
}
