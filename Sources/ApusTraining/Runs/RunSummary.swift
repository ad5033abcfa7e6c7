import ApusFiles

/// How far a run is and what it has reached; of an ensemble, the steps and tokens of all members.
public struct RunSummary: Sendable {
  public let recipe: Recipe
  /// The optimizer steps of the last checkpoint; 0 before the first one.
  public let step: Int
  /// Those of the whole run; nil before the first checkpoint of a run whose length is in epochs.
  public let stepCount: Int?
  /// The tokens read until then.
  public let tokenCount: Int
  /// The loss of the best validation, in nats a token; nil before the first one.
  public let bestLoss: Double?
  /// The quality of the best validation, higher is better; nil before the first one.
  public let bestQuality: Double?
  /// Whether the run did all its steps or stopped for want of improvement.
  public let isFinished: Bool
  /// The last line of the log; nil if there is none.
  public let lastRecord: MetricsLog.Record?

  /// Reads recipe, checkpoint and log of a run.
  ///
  /// - Throws: `FileError` for a directory that is no run; `InputError` for a damaged one.
  public init(of directory: RunDirectory) throws {
    recipe = try Recipe(contentsOf: directory.recipe)
    if case .ensemble(let section) = recipe.model {
      let members = try (0..<section.models).map { EnsembleRun.memberDirectory($0, in: directory) }
        .filter { $0.exists($0.recipe) }.map(RunSummary.init)
      let counts = members.compactMap(\.stepCount)
      step = members.reduce(0) { $0 + $1.step }
      stepCount = counts.count == section.models ? counts.reduce(0, +) : nil
      tokenCount = members.reduce(0) { $0 + $1.tokenCount }
      isFinished = members.count == section.models && members.allSatisfy(\.isFinished)
      (bestQuality, bestLoss, lastRecord) = (nil, nil, nil)
      return
    }
    let state =
      directory.exists(directory.checkpoint)
      ? try Checkpoint.Saved(contentsOf: directory.checkpoint).state : RunState()
    step = state.step
    stepCount = state.stepCount > 0 ? state.stepCount : recipe.training.steps
    tokenCount = state.tokenCount
    let reached = [
      state.bestQuality.map { ($0, state.bestLoss) }, state.probe.map { ($0.quality, $0.loss) },
    ]
    .compactMap { $0 }.max { $0.0 < $1.0 }
    (bestQuality, bestLoss) = (reached?.0, reached?.1)
    isFinished = state.isStoppedEarly || stepCount.map { state.step >= $0 } == true
    lastRecord =
      directory.exists(directory.metrics) ? try MetricsLog.records(of: directory.metrics).last : nil
  }
}
