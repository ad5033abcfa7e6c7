/// How long the trials of a successive halving are trained, and how many go on.
///
/// - Source: Jamieson & Talwalkar 2016.
public struct HalvingRungs: Sendable {
  /// The trials of each rung and the step until which they are trained; the last one is the whole run.
  public let rungs: [(trialCount: Int, step: Int)]

  /// - Parameters:
  ///   - trialCount: Those of the first rung.
  ///   - stepCount: The steps of a whole run.
  ///   - factor: Of each so many trials one goes on, for as many times the steps.
  public init(trialCount: Int, stepCount: Int, factor: Int) {
    precondition(trialCount > 0 && stepCount > 0 && factor > 1, "HalvingRungs: expected trials")
    var counts = [trialCount]
    while let last = counts.last, last > 1 { counts.append((last + factor - 1) / factor) }
    var rungs: [(trialCount: Int, step: Int)] = []
    var step = Double(stepCount)
    for count in counts.reversed() {
      rungs.append((count, max(1, Int(step.rounded()))))
      step /= Double(factor)
    }
    self.rungs = rungs.reversed()
  }
}
