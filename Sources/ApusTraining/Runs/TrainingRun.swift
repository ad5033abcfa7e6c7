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
  private var slow: SlowModel<Task.Model>?
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
  ///     same, but for its length, its name and the paths of tasks.
  ///   - path: The run directory, made if need be.
  ///   - sources: The files that the task reads. A run that is continued must have been started with
  ///     the same content, wherever it lies; nothing is compared where there are none.
  ///   - report: Told what is being done.
  ///   - makeTask: Makes the task, once the directory is there and locked.
  /// - Throws: `InputError` for input that can't be used, a directory that another process works in,
  ///   or a recipe or sources other than the run's.
  public init(
    _ recipe: Recipe, in path: String, sources: [RunSource?] = [],
    report: (String) -> Void = { _ in }, task makeTask: (RunDirectory) throws -> Task
  ) throws {
    try recipe.validate()
    self.recipe = recipe
    directory = RunDirectory(path)
    precision = try recipe.training.resolvedPrecision()
    try directory.create()
    lock = try RunLock(directory: path)
    let saved =
      directory.exists(directory.checkpoint)
      ? try Checkpoint.Saved(contentsOf: directory.checkpoint) : nil
    try directory.require(recipe)
    try directory.keep(sources.compactMap(\.self))
    if saved == nil { try directory.keep(recipe) }
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

    let adaptation = try recipe.adaptation.map { section in
      if let key = section.keyForSmoothAnswers, !task.hasSmoothAnswers {
        throw InputError(
          expected: "no adaptation.\(key) but for tasks of a file of tasks", found: "it")
      }
      let outline = ParameterStore(seed: 0, from: task.start)
      _ = task.model(in: outline.root)
      return try Adaptation(section, of: outline.parameters, from: task.start, epoch: epoch)
    }
    self.adaptation = adaptation
    let start = adaptation?.start ?? task.start
    if let saved {
      (model, parameters) = try ParameterStore.loading(from: saved.weight, start: start) {
        task.model(in: $0)
      }
      report("continuing at step \(saved.state.step)")
    } else {
      parameters = ParameterStore(seed: UInt64(recipe.training.seed), from: start)
      model = task.model(in: parameters.root)
    }
    let all = parameters.parameters
    var state = saved?.state ?? RunState()
    state.stepCount = stepCount
    if let labels = state.labels, labels != task.labels {
      throw InputError(
        file: directory.checkpoint,
        expected: "data of the labels that the run began with, \(labels.joined(separator: ", "))",
        found: task.labels.joined(separator: ", "))
    }
    state.labels = task.labels
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
    if let decay = adaptation?.proximityDecay {
      let (model, parameters) = try built(from: all.flatMap(\.namedValues))
      let slow = SlowModel(model, parameters.parameters, following: all, decay: decay)
      if let saved { try slow.restore(from: saved.slow) }
      self.slow = slow
    }
    if saved != nil, !isComplete { try directory.keep(recipe) }
  }

  /// Whether the model is finished and described as of the last step, so that nothing is left to write.
  private var isComplete: Bool { isFinished && directory.finishedStep == state.step }

  /// Trains until the last step, validating and saving as the recipe says.
  ///
  /// - Parameters:
  ///   - last: A step to stop after, validated and saved; nil for the last one. What comes after does
  ///     not depend on it.
  ///   - showsProgress: Whether a progress bar is written to standard error.
  ///   - isCancelled: Asked after each step; a cancelled run saves a checkpoint and returns.
  /// - Throws: `NonFiniteLossError` with the last checkpoint kept; `FileError` if a file can't be
  ///   written.
  public func run(
    until last: Int? = nil, showsProgress: Bool = true, isCancelled: () -> Bool = { false }
  ) throws {
    guard !isComplete else { return }
    let last = min(last ?? stepCount, stepCount)
    let log = try RunLog(directory, stepCount: stepCount, from: state.step, shows: showsProgress)
    while !isFinished, state.step < last {
      let report = try advance()
      try log.append(report)
      let (isLast, isEnd) = (state.step == last, state.step == stepCount)
      if isEnd || intervals.isValidationDue(at: state.step) {
        try validate(log)
      } else if isLast {
        try probe(log)
      }
      let isDue = isEnd || intervals.isCheckpointDue(at: state.step)
      let isStopping = isCancelled()
      if isLast || isDue || isStopping || state.isStoppedEarly {
        try save(isScheduled: isDue)
        try log.drawCurve()
      }
      if isStopping { break }
    }
    if isFinished {
      try saveModel()
      let bests = (state.bestQualities ?? [:]).keys.sorted().map(directory.best(of:))
      for path in [directory.best] + bests + [directory.path] where directory.exists(path) {
        if let note = try task.finish(path, precision) { log.note("\(path): \(note)") }
      }
      try directory.keep(finishedStep: state.step)
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
    adaptation?.freeze(optimizer.parameters, at: state.step)
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
      let (loss, part) = pass(batch, mode, of: counts)
      report.loss += Double(loss.total.scalar)
      report.tokenLoss += Double(loss.tokens.scalar)
      report.tokenCount += batch.tokenCount
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
    slow?.follow()
    state.step += 1
    state.probe = nil
    state.tokenCount += report.tokenCount
    state.cursor = batches.cursor
    state.carriedCount = carried.count
    return report
  }

  /// The loss of a part of a step and its gradients.
  private func pass(
    _ batch: Task.Batches.Batch, _ mode: Mode, of counts: TargetCounts
  ) -> (loss: TaskLoss, gradients: Gradients) {
    let all = optimizer.parameters
    if let key = mode.key(of: "mixout") { adaptation?.mix(all, key) }
    defer { adaptation?.unmix(all) }
    var before = carried
    let loss = task.loss(batch, model, carrying: &carried, mode, of: counts)
    guard let adaptation else { return (loss, loss.total.gradients(of: all)) }
    var gradients = adaptation.gradients(of: all, loss.total, at: state.step) {
      task.loss(batch, model, carrying: &before, mode, of: counts).total
    }
    if let key = mode.key(of: "smoothness") {
      func slowAnswers() -> SmoothAnswers? {
        withoutGradients {
          slow.flatMap {
            task.smoothAnswers(to: batch, $0.model, .evaluation(precision), of: counts)
          }
        }
      }
      adaptation.steady(
        &gradients, of: all, at: state.step, key, slowAnswers: slowAnswers
      ) { task.smoothAnswers(to: batch, model, mode, of: counts) }
    }
    return (loss, gradients)
  }

  private func validate(_ log: RunLog) throws {
    let used = try used()
    guard let score = try task.score(used.model, precision) else { return }
    try log.append(score, step: state.step)
    state.plateau.observe(loss: score.loss, recipe.schedule)
    if let patience = recipe.training.averagePatience {
      state.averageTrigger.observe(loss: score.loss, patience: patience)
    }
    for (name, quality) in score.parts
    where quality > state.bestQualities?[name] ?? -.infinity {
      state.bestQualities = (state.bestQualities ?? [:]).merging([name: quality]) { $1 }
      try saveBest(used.parameters, to: directory.best(of: name))
    }
    if score.quality > state.bestQuality ?? -.infinity {
      (state.bestQuality, state.bestLoss) = (score.quality, score.loss)
      state.validationsWithoutImprovement = 0
      try saveBest(used.parameters, to: directory.best)
    } else {
      state.validationsWithoutImprovement += 1
    }
    if let patience = recipe.training.earlyStoppingPatience,
      state.validationsWithoutImprovement >= patience
    {
      state.isStoppedEarly = true
    }
  }

  /// Measures the model without a consequence for the run.
  private func probe(_ log: RunLog) throws {
    guard let score = try task.score(try used().model, precision) else { return }
    try log.append(score, step: state.step)
    state.probe = RunState.Probe(quality: score.quality, loss: score.loss)
  }

  private func saveBest(_ parameters: ParameterStore, to path: String) throws {
    try save(parameters, to: path)
    try writeAtomically(try recipe.yaml, to: RunDirectory(path).recipe)
  }

  /// The model that the run makes: with averages of the weights if there are any.
  private func used() throws -> (model: Task.Model, parameters: ParameterStore) {
    guard let average else { return (model, parameters) }
    return try built(from: average.namedValues)
  }

  private func built(
    from values: [(name: String, value: Tensor)]
  ) throws -> (model: Task.Model, parameters: ParameterStore) {
    let values = Dictionary(uniqueKeysWithValues: values.map { ($0.name, $0.value) })
    let (model, parameters) = try ParameterStore.loading(
      from: { name, _ in
        guard let value = values[name] else {
          preconditionFailure("built: expected a value of \(name), got none")
        }
        return value
      }, start: adaptation?.start ?? task.start
    ) { task.model(in: $0) }
    return (model, parameters)
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
      average: average?.state ?? [], slow: slow?.state ?? [], carried: carried,
      to: directory.checkpoint)
    try saveModel()
  }

  private func saveModel() throws {
    let isAveraged = isFinished && !state.keptSteps.isEmpty
    let last =
      isAveraged
      ? try built(from: meanWeights(ofFiles: state.keptSteps.map(directory.weights(atStep:))))
      : try used()
    try save(last.parameters, to: directory.path)
  }

  /// Writes a model directory, with the adapter that is merged into its weights if there is one.
  private func save(_ parameters: ParameterStore, to path: String) throws {
    try task.save(model, parameters.mergedValues, to: path)
    try adaptation?.adapter(parameters)?.save(to: RunDirectory(path).adapter)
  }
}
