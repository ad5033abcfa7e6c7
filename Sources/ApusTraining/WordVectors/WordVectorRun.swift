import ApusFiles
import ApusTensors
import ApusText
import ApusVectors

/// A run that learns vectors of words: started in a directory, or continued from its last checkpoint.
///
/// The directory is that of other runs; its model is one that `WordVectors` reads. With one thread, a run
/// is a function of recipe and text, and one that was stopped ends with the same bits as one that never
/// was. Several threads change the same vectors without locks (Recht et al. 2011), which is faster and
/// learns as well, but no two runs then have the same bits.
public final class WordVectorRun: ResumableRun {
  public let recipe: Recipe
  public let directory: RunDirectory
  /// The steps of the whole run.
  public let stepCount: Int
  private let lock: RunLock
  private let intervals: Intervals
  private var state: RunState
  private var learner: any WordVectorLearner

  public var step: Int { state.step }
  public var isFinished: Bool { state.step >= stepCount }

  /// Opens the run of a directory, or starts one.
  ///
  /// - Parameters:
  ///   - recipe: Whose model is word vectors. A run that is continued must have been started with the
  ///     same, but for its length, which decides how the rate falls.
  ///   - path: The run directory, made if need be.
  ///   - dataPath: Text or token shards; each document is a sentence.
  ///   - tokenizer: A `tokenizer.json` whose tokens are the words; nil takes that of run or shards, or
  ///     trains one.
  ///   - report: Told what is being done.
  /// - Throws: `InputError` for input that can't be used, a directory that another process works in, or a
  ///   recipe or text other than the run's.
  public init(
    _ recipe: Recipe, in path: String, data dataPath: String, tokenizer: String? = nil,
    report: (String) -> Void = { _ in }
  ) throws {
    try recipe.validate()
    _ = try recipe.wordVectors()
    self.recipe = recipe
    directory = RunDirectory(path)
    try directory.create()
    lock = try RunLock(directory: path)
    let saved =
      directory.exists(directory.checkpoint)
      ? try Checkpoint.Saved(contentsOf: directory.checkpoint) : nil
    try directory.require(recipe)
    try directory.keep([RunSource("data", dataPath)])
    let data = try PretrainingData(
      dataPath, tokenizer: tokenizer, validation: nil, recipe: recipe, directory: directory,
      report: report)
    let text = try WordText(
      data.training, tokenizer: data.tokenizer, partSize: recipe.training.tokensPerBatch ?? 1)
    report("\(text.wordCount) occurrences of \(text.vocabulary.count) words")
    (learner, stepCount) = try recipe.wordVectorLearner(text)
    intervals = Intervals(recipe.training, epoch: EpochLength(batchCount: learner.stepCountOfEpoch))
    state = saved?.state ?? RunState()
    if let saved {
      try learner.restore(weight: saved.weight, optimizer: saved.optimizer)
      report("continuing at step \(state.step)")
    }
    state.stepCount = stepCount
    if !isFinished { try directory.keep(recipe) }
  }

  public func run(
    until last: Int? = nil, showsProgress: Bool = true, isCancelled: () -> Bool = { false }
  ) throws {
    // It may have been killed between its last checkpoint and its vectors.
    if isFinished, directory.finishedStep != state.step { try saveVectors() }
    let last = min(last ?? stepCount, stepCount)
    let metrics = try MetricsLog(directory.metrics, from: state.step)
    var progress =
      showsProgress ? ProgressBar(stepCount: stepCount, from: state.step) : nil
    let start = ProgressBar.now()
    while !isFinished, state.step < last {
      let result = learner.learn(step: state.step)
      guard result.loss.isFinite else {
        throw NonFiniteLossError(
          step: state.step + 1, cursor: state.cursor, value: "loss \(result.loss)",
          checkpoint: directory.checkpoint)
      }
      state.step += 1
      state.tokenCount += result.count
      try metrics.append(
        step: state.step,
        [
          ("loss", result.loss), ("rate", result.rate), ("tokens", Double(result.count)),
          ("seconds", ProgressBar.now() - start),
        ])
      progress?.update(step: state.step, loss: result.loss, tokenCount: result.count)
      let isStopping = isCancelled()
      let isLast = isFinished || state.step == last
      if isLast || intervals.isCheckpointDue(at: state.step) || isStopping { try save() }
      if isStopping { break }
    }
    progress?.finish()
  }

  /// Saves a checkpoint, then the vectors.
  private func save() throws {
    try Checkpoint.save(
      state, weights: learner.weights, optimizer: learner.optimizerState, to: directory.checkpoint)
    try saveVectors()
  }

  private func saveVectors() throws {
    try vectors().write(to: directory.path, as: .directory)
    let records = try MetricsLog.records(of: directory.metrics)
    try LossCurve(title: directory.path, records).write(to: directory.lossCurve)
    if isFinished { try directory.keep(finishedStep: state.step) }
  }

  /// The vectors as they are.
  public func vectors() -> WordVectors { learner.vectors() }
}

extension Recipe {
  /// What learns from a text, and its steps.
  ///
  /// - Throws: `InputError` for sections that have no meaning for word vectors.
  fileprivate func wordVectorLearner(
    _ text: WordText
  ) throws(InputError) -> (any WordVectorLearner, stepCount: Int) {
    let section = try wordVectors()
    let (rate, seed) = (optimizer.learningRate, training.seed)
    guard section.kind == .glove else {
      let count = try stepCount(ofEpoch: EpochLength(batchCount: text.partCount))
      let last = schedule.kind == .constant ? rate : schedule.finalRate
      return (
        ContextPrediction(section, text, rates: (rate, last), stepCount: count, seed: seed), count
      )
    }
    let learner = CooccurrenceRegression(
      section, text, rate: rate, partSize: training.tokensPerBatch ?? 1, seed: seed)
    return (learner, try stepCount(ofEpoch: EpochLength(batchCount: learner.stepCountOfEpoch)))
  }

  /// The model of a recipe whose other sections fit word vectors.
  ///
  /// - Throws: `InputError` for what has no meaning for them.
  fileprivate func wordVectors() throws(InputError) -> WordVectorRecipe {
    guard case .wordVectors(let section) = model else {
      throw InputError(expected: "a recipe of word vectors", found: name)
    }
    let rule: OptimizerRecipe.Kind = section.kind == .glove ? .adagrad : .sgd
    guard optimizer.kind == rule else {
      throw InputError(
        expected: "\(rule) as optimizer.kind for \(section.kind)", found: "\(optimizer.kind)")
    }
    let schedules: [ScheduleRecipe.Kind] =
      section.kind == .glove ? [.constant] : [.constant, .linear]
    guard schedules.contains(schedule.kind), schedule.warmupSteps == 0 else {
      throw InputError(
        expected: "schedule.kind \(schedules.map(\.rawValue).joined(separator: " or ")) without "
          + "warm-up for \(section.kind)",
        found: "\(schedule.kind) with \(schedule.warmupSteps) steps")
    }
    guard training.tokensPerBatch != nil else {
      throw InputError(
        expected: "training.tokensPerBatch: the words or pairs of a step",
        found: "sequencesPerBatch")
    }
    try requireEffect(on: section.kind)
    return section
  }
}

extension WordVectors {
  /// Learns vectors in memory, without a run that can be continued.
  ///
  /// - Parameters:
  ///   - corpus: Each document is a sentence; its ids are held in memory, four bytes a token.
  ///   - recipe: Whose model is word vectors.
  ///   - tokenizer: Whose tokens are the words; nil trains the recipe's.
  /// - Throws: What reading throws; `InputError` for a recipe or text that can't be used;
  ///   `NonFiniteLossError`.
  public init(
    learntFrom corpus: Corpus, by recipe: Recipe, tokenizer: Tokenizer? = nil
  ) throws {
    try recipe.validate()
    _ = try recipe.wordVectors()
    let tokenizer = try tokenizer ?? recipe.tokenizer.trainer.train(on: corpus).tokenizer
    let text = try WordText(
      try TokenSource(corpus, tokenizer), tokenizer: tokenizer,
      partSize: recipe.training.tokensPerBatch ?? 1)
    var (learner, stepCount) = try recipe.wordVectorLearner(text)
    for step in 0..<stepCount {
      let loss = learner.learn(step: step).loss
      guard loss.isFinite else {
        throw NonFiniteLossError(
          step: step + 1, cursor: BatchCursor(), value: "loss \(loss)", checkpoint: "none")
      }
    }
    self = learner.vectors()
  }
}
