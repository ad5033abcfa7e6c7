import ApusTensors

/// What a run writes while it goes: metrics, TensorBoard events, the loss curve and progress.
final class RunLog {
  private let directory: RunDirectory
  private let metrics: MetricsLog
  private let events: TensorBoardWriter
  private var progress: ProgressBar?
  private let start = ProgressBar.now()

  init(_ directory: RunDirectory, stepCount: Int, from step: Int, shows: Bool) throws {
    self.directory = directory
    metrics = try MetricsLog(directory.metrics, from: step)
    events = try TensorBoardWriter(directory: directory.path, firstStep: step)
    progress = shows ? ProgressBar(stepCount: stepCount, from: step) : nil
  }

  func append(_ report: StepReport) throws {
    let memory = MemoryPool.statistics
    try metrics.append(
      step: report.step,
      [
        ("loss", report.loss), ("token_loss", report.tokenLoss), ("rate", report.rate),
        ("gradient_norm", report.gradientNorm), ("tokens", Double(report.tokenCount)),
        ("seconds", ProgressBar.now() - start),
        ("memory_allocations", Double(memory.systemAllocations)),
        ("memory_peak_bytes", Double(memory.peakUsedBytes)),
      ])
    try events.append(
      step: report.step,
      [
        ("train/loss", report.loss), ("rate", report.rate),
        ("gradient_norm", report.gradientNorm),
      ])
    progress?.update(step: report.step, loss: report.loss, tokenCount: report.tokenCount)
  }

  func append(_ score: ValidationScore, step: Int) throws {
    let values = [(name: "loss", value: score.loss)] + score.metrics
    try metrics.append(step: step, values.map { ("validation_\($0.name)", $0.value) })
    try events.append(step: step, values.map { ("validation/\($0.name)", $0.value) })
    let words = values.map { "\($0.name) \(rounded($0.value))" }
    progress?.note("step \(step): validation \(words.joined(separator: ", "))")
  }

  /// Tells what was done, where progress is shown.
  func note(_ text: String) { progress?.note(text) }

  func drawCurve() throws {
    let records = try MetricsLog.records(of: directory.metrics)
    try LossCurve(title: directory.path, records).write(to: directory.lossCurve)
  }

  func finish() { progress?.finish() }

  private func rounded(_ value: Double) -> String {
    "\((value * 10_000).rounded() / 10_000)"
  }
}
