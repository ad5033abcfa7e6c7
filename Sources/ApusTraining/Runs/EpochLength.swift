/// How many steps it takes to go through the data of a run once, which need not be a whole number.
public struct EpochLength: Hashable, Sendable {
  /// The batches of an epoch.
  public let batchCount: Int
  /// The batches of a step.
  public let accumulation: Int

  public init(batchCount: Int, accumulation: Int = 1) {
    precondition(
      batchCount > 0 && accumulation > 0,
      "EpochLength: expected batches, got \(batchCount) by \(accumulation)")
    self.batchCount = batchCount
    self.accumulation = accumulation
  }

  /// The whole epochs that some steps go through.
  public func epochs(in steps: Int) -> Int { steps * accumulation / batchCount }

  /// Whether a step, counted from 1, is the first to have gone through an epoch.
  func ends(with step: Int) -> Bool { epochs(in: step) > epochs(in: step - 1) }
}
