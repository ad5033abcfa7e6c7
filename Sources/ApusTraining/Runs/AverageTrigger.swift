/// Whether and since when the weights of a run are averaged for want of improvement.
///
/// - Source: NT-ASGD, Merity et al. 2018, algorithm 1.
struct AverageTrigger: Codable, Sendable, Equatable {
  /// The validation losses so far, as long as nothing is averaged.
  private var losses: [Double] = []
  /// The steps whose weights are in the average; 0 before it starts.
  private(set) var stepCount = 0
  private(set) var isAveraging = false

  /// Takes note of a validation; averaging starts with the first loss that is above the best of
  /// those more than `patience` validations ago.
  mutating func observe(loss: Double, patience: Int) {
    guard !isAveraging else { return }
    if let best = losses.dropLast(patience).min(), loss > best { isAveraging = true }
    losses.append(loss)
  }

  /// Takes note of a step.
  ///
  /// - Returns: The share of the average that stays, with the step's weights as the rest.
  mutating func step() -> Double {
    guard isAveraging else { return 0 }
    stepCount += 1
    return Double(stepCount - 1) / Double(stepCount)
  }
}
