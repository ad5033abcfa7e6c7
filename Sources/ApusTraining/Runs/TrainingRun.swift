import ApusFiles
import ApusLayers
import ApusTensors

/// A run in a directory: started there, or continued from its last checkpoint.
///
/// A run is a function of its recipe, data and thread count. Stopped at any moment and continued, it
/// ends with the same bits as one that was never stopped.
public final class TrainingRun<Task: TrainingTask> {
  public let recipe: Recipe
  public let directory: RunDirectory
  public let task: Task
  public let model: Task.Model
  public let precision: Mode.Precision
  /// The optimizer steps of the whole run.
  public let stepCount: Int
  private let parameters: ParameterStore
  private let schedule: Schedule
  private let intervals: Intervals
  private let lock: RunLock
  private let adaptation: Adaptation?
  private var state: RunState
  private var batches: Task.Batches
  private var optimizer: Optimizer
  private var average: WeightAverage?
  private var carried: [Tensor]

  /// The optimizer steps done.
  public var step: Int { state.step }
  /// The highest quality of a validation so far; nil before the first.
  public var bestQuality: Double? { state.bestQuality }
  /// Whether there is nothing left to do.
  public var isFinished: Bool { state.step >= stepCount || state.isStoppedEarly }

  /// Opens the run of a directory, or starts one.
  ///
  /// - Parameters:
  ///   - recipe: What is trained and how. A run that is continued must have been started with the
  ///     same, but for its length.
  ///   - path: The run directory, made if need be.
  ///   - report: Told what is being done.
  ///   - makeTask: Makes the task, once the directory is there and locked.
  /// - Throws: `InputError` for input that can't be used, a directory that another process works in,
  ///   or a recipe other than the run's.
  public init(
    _ recipe: Recipe, in path: String, report: (String) -> Void = { _ in },
    task makeTask: (RunDirectory) throws -> Task
  ) throws {
    try recipe.validate()
    self.recipe = recipe
    directory = RunDirectory(path)
    precision = try recipe.training.resolvedPrecision()
    try directory.create()
    lock = try RunLock(directory: path)
    try directory.keep(recipe)
    let task = try makeTask(directory)
    self.task = task
    let epoch = try task.batchCountOfEpoch.map {
      EpochLength(batchCount: $0, accumulation: recipe.training.accumulation)
    }
    guard epoch != nil || recipe.schedule.kind != .staircase else {
      throw InputError(
        expected: "a schedule.kind other than staircase for data whose epochs are not known",
        found: "staircase")
    }
    stepCount = try recipe.stepCount(ofEpoch: epoch)
    intervals = Intervals(recipe.training, epoch: epoch)
    schedule = Schedule(
      recipe.schedule, peakRate: recipe.optimizer.learningRate, stepCount: stepCount,
      epoch: epoch)

    let saved =
      directory.exists(directory.checkpoint)
      ? try Checkpoint.Saved(contentsOf: directory.checkpoint) : nil
    if let saved {
      (model, parameters) = try ParameterStore.loading(
        from: saved.weight, frozen: task.start.frozen
      ) { task.model(in: $0) }
      report("continuing at step \(saved.state.step)")
    } else {
      parameters = ParameterStore(seed: UInt64(recipe.training.seed), from: task.start)
      model = task.model(in: parameters.root)
    }
    let all = parameters.parameters
    let adaptation = try recipe.adaptation.map {
      try Adaptation($0, of: all, from: task.start, epoch: epoch)
    }
    self.adaptation = adaptation
    var state = saved?.state ?? RunState()
    state.stepCount = stepCount
    self.state = state
    optimizer = Optimizer(recipe.optimizer, parameters: all) {
      adaptation?.rateFactor(of: $0.name) ?? 1
    }
    average = recipe.training.averages ? WeightAverage(of: all) : nil
    if let saved {
      try optimizer.restore(from: saved.optimizer(ifAny:shape:))
      try average?.restore(from: saved.average)
    }
    carried = try saved?.carried() ?? []
    batches = try task.batches(from: state.cursor)
  }

  /// Trains until the last step, validating and saving as the recipe says.
  ///
  /// - Parameters:
  ///   - showsProgress: Whether a progress bar is written to standard error.
  ///   - isCancelled: Asked after each step; a cancelled run saves a checkpoint and returns.
  /// - Throws: `NonFiniteLossError` with the last checkpoint kept; `FileError` if a file can't be
  ///   written.
  public func run(showsProgress: Bool = true, isCancelled: () -> Bool = { false }) throws {
    let log = try RunLog(directory, stepCount: stepCount, from: state.step, shows: showsProgress)
    while !isFinished {
      let report = try advance()
      try log.append(report)
      let isLast = state.step == stepCount
      if isLast || intervals.isValidationDue(at: state.step) { try validate(log) }
      let isDue = intervals.isCheckpointDue(at: state.step)
      let isStopping = isCancelled()
      if isLast || isDue || isStopping || state.isStoppedEarly {
        try save(isScheduled: isDue || isLast)
        try log.drawCurve()
      }
      if isStopping { break }
    }
    if isFinished {
      try saveModel()
      for path in [directory.best, directory.path] where directory.exists(path) {
        if let note = try task.finish(path, precision) { log.note("\(path): \(note)") }
      }
    }
    log.finish()
  }

  /// One optimizer step.
  private func advance() throws -> StepReport {
    var parts: [Task.Batches.Batch] = []
    for _ in 0..<recipe.training.accumulation {
      guard let batch = try batches.next() else { preconditionFailure("batches came to an end") }
      parts.append(batch)
    }
    adaptation?.freeze(optimizer.parameters, from: task.start, at: state.step)
    let counts = parts.reduce(into: TargetCounts()) { $0 += $1.targetCounts }
    let rateScale = parts.map(\.rateScale).reduce(0, +) / Double(parts.count)
    var report = StepReport(
      step: state.step + 1, loss: 0, tokenLoss: 0,
      rate: rateScale * schedule.rate(at: state.step, plateau: state.plateau), gradientNorm: 0,
      tokenCount: 0)
    var gradients: Gradients?
    for (index, batch) in parts.enumerated() {
      let mode = Mode.training(
        seed: UInt64(recipe.training.seed), step: state.step, precision: precision,
        recomputesBlocks: recipe.training.gradientCheckpointing
      ).split(index)
      let loss = task.loss(batch, model, carrying: &carried, mode, of: counts)
      report.loss += Double(loss.total.scalar)
      report.tokenLoss += Double(loss.tokens.scalar)
      report.tokenCount += batch.tokenCount
      let part = loss.total.gradients(of: optimizer.parameters)
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
    task.bound(model)
    average?.update(keeping: recipe.training.emaDecay ?? state.averageTrigger.step())
    state.step += 1
    state.tokenCount += report.tokenCount
    state.cursor = batches.cursor
    state.carriedCount = carried.count
    return report
  }

  /// The weights that the model is used with: the averages if there are any.
  private var usedWeights: [(name: String, value: Tensor)] {
    average?.namedValues ?? parameters.namedValues
  }

  private func validate(_ log: RunLog) throws {
    guard let score = try task.score(try usedModel(), precision) else { return }
    try log.append(score, step: state.step)
    state.plateau.observe(loss: score.loss, recipe.schedule)
    if let patience = recipe.training.averagePatience {
      state.averageTrigger.observe(loss: score.loss, patience: patience)
    }
    for (name, quality) in score.parts
    where quality > state.bestQualities?[name] ?? -.infinity {
      state.bestQualities = (state.bestQualities ?? [:]).merging([name: quality]) { $1 }
      try saveBest(to: directory.best(of: name))
    }
    if score.quality > state.bestQuality ?? -.infinity {
      (state.bestQuality, state.bestLoss) = (score.quality, score.loss)
      state.validationsWithoutImprovement = 0
      try saveBest(to: directory.best)
    } else {
      state.validationsWithoutImprovement += 1
    }
    if let patience = recipe.training.earlyStoppingPatience,
      state.validationsWithoutImprovement >= patience
    {
      state.isStoppedEarly = true
    }
  }

  private func saveBest(to path: String) throws {
    try task.save(model, usedWeights, to: path)
    try writeAtomically(try recipe.yaml, to: RunDirectory(path).recipe)
  }

  /// The model with the weights that it is used with.
  private func usedModel() throws -> Task.Model {
    guard let average else { return model }
    let values = Dictionary(uniqueKeysWithValues: average.namedValues.map { ($0.name, $0.value) })
    return try ParameterStore.loading(
      from: { name, _ in
        guard let value = values[name] else {
          preconditionFailure("usedModel: expected an average of \(name), got none")
        }
        return value
      }
    ) { task.model(in: $0) }.model
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
      average: average?.state ?? [], carried: carried, to: directory.checkpoint)
    try saveModel()
  }

  private func saveModel() throws {
    let isAveraged = isFinished && !state.keptSteps.isEmpty
    let weights =
      isAveraged
      ? try meanWeights(ofFiles: state.keptSteps.map(directory.weights(atStep:))) : usedWeights
    try task.save(model, weights, to: directory.path)
  }
}
