import ApusFiles

/// How readings of utterances are searched for.
public struct CTCBeamOptions: Sendable, Hashable {
  /// The prefixes that are followed at once; one counts twice that may end with a blank or not.
  public let width: Int
  /// Classes that are less probable at a frame, in nats, extend nothing there, unless none is more
  /// probable.
  public let leastLogProbability: Double
  /// Prefixes that are so much worse than the best one, in nats, are given up.
  public let threshold: Double
  /// Whether of prefixes that the same may follow, as they end with the same word, or with words that
  /// are the same to the language model, only the best one is followed: that finds a better best
  /// reading, but fewer others.
  public var recombines: Bool

  /// - Throws: `InputError` for a width outside 1 to 65,536, a log-probability above 0 or a threshold
  ///   of 0 or less.
  public init(
    width: Int = 100, leastLogProbability: Double = -5, threshold: Double = 10,
    recombines: Bool = true
  ) throws(InputError) {
    guard 1...65_536 ~= width else {
      throw InputError(expected: "1 to 65536 prefixes", found: "\(width)")
    }
    guard leastLogProbability <= 0 else {
      throw InputError(expected: "a log-probability of 0 or less", found: "\(leastLogProbability)")
    }
    guard threshold > 0 else {
      throw InputError(expected: "a threshold above 0", found: "\(threshold)")
    }
    self.width = width
    self.leastLogProbability = leastLogProbability
    self.threshold = threshold
    self.recombines = recombines
  }

  /// The same with another threshold.
  func with(threshold: Double) throws(InputError) -> CTCBeamOptions {
    try CTCBeamOptions(
      width: width, leastLogProbability: leastLogProbability, threshold: threshold,
      recombines: recombines)
  }
}
