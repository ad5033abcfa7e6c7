import ApusTensors

/// What a run writes while it goes: metrics, TensorBoard events, the loss curve and progress.
final class RunLog {
  private let directory: RunDirectory
  private let metrics: MetricsLog
  private let events: TensorBoardWriter
  private var progress: ProgressBar?
  private let start = ProgressBar.now()

  init(_ directory: RunDirectory, recipe: Recipe, from step: Int, shows: Bool) throws {
    self.directory = directory
    metrics = try MetricsLog(directory.metrics, from: step)
    events = try TensorBoardWriter(directory: directory.path, firstStep: step)
    progress = shows ? ProgressBar(stepCount: recipe.training.steps, from: step) : nil
  }

  func append(_ report: PretrainingRun.StepReport) throws {
    let memory = MemoryPool.statistics
    let values: KeyValuePairs = [
      "loss": report.loss, "token_loss": report.tokenLoss, "rate": report.rate,
      "gradient_norm": report.gradientNorm, "tokens": Double(report.tokenCount),
      "seconds": ProgressBar.now() - start,
      "memory_allocations": Double(memory.systemAllocations),
      "memory_peak_bytes": Double(memory.peakUsedBytes),
    ]
    try metrics.append(step: report.step, values)
    try events.append(
      step: report.step,
      ["train/loss": report.loss, "rate": report.rate, "gradient_norm": report.gradientNorm])
    progress?.update(step: report.step, loss: report.loss, tokenCount: report.tokenCount)
  }

  func append(validationLoss loss: Double, step: Int) throws {
    try metrics.append(step: step, ["validation_loss": loss])
    try events.append(step: step, ["validation/loss": loss])
    progress?.note("step \(step): validation loss \(rounded(loss))")
  }

  func drawCurve() throws {
    let records = try MetricsLog.records(of: directory.metrics)
    try LossCurve(title: directory.path, records).write(to: directory.lossCurve)
  }

  func finish() { progress?.finish() }

  private func rounded(_ value: Double) -> String {
    "\((value * 10_000).rounded() / 10_000)"
  }
}
