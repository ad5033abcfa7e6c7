import ApusFiles
import ApusTensors
import Dispatch
import Synchronization

/// Finds the weights of a language model that give the fewest errors on utterances with known texts.
///
/// A coarse grid comes first; then the steps around the best weights so far are halved.
public struct CTCTuning: Sendable {
  /// An utterance with its text.
  public struct Utterance: Sendable {
    /// Of an acoustic model: [T, V].
    public let logits: Tensor
    public let text: String

    public init(logits: Tensor, text: String) {
      self.logits = logits
      self.text = text
    }
  }

  /// Weights and what they gave.
  public struct Trial: Sendable, Hashable {
    public let alpha, beta, threshold: Double
    /// Of all utterances.
    public let errorCount: Int
  }

  /// Where the grid begins and ends.
  public var alphas: ClosedRange<Double> = 0...3
  public var betas: ClosedRange<Double> = -2...4
  /// Thresholds that are tried with the best weights.
  public var thresholds: [Double] = []
  /// Points of the grid in each direction, at least 2.
  public var pointCount = 5
  /// How often steps are halved.
  public var refinementCount = 2

  public init() {}

  /// Tries weights.
  ///
  /// - Parameters:
  ///   - utterances: At least one.
  ///   - alphabet: What the V classes stand for.
  ///   - options: How wide searches are.
  ///   - model: The language model.
  ///   - errorCount: The errors of a reading, given with the text that is right; called on any thread.
  ///   - report: Called behind each trial.
  /// - Returns: Every trial, the best first; of those that are as good, the one that was tried first.
  /// - Throws: `InputError` without utterances, for weights or thresholds that are none, or naming the
  ///   first utterance, from 1, and its frame where logits are no numbers.
  public func run(
    _ utterances: [Utterance], _ alphabet: CTCAlphabet, _ options: CTCBeamOptions,
    _ model: NGramModel,
    errorCount: @escaping @Sendable (_ reading: String, _ text: String) -> Int,
    report: (Trial) -> Void = { _ in }
  ) throws(InputError) -> [Trial] {
    guard !utterances.isEmpty else {
      throw InputError(expected: "utterances to tune with", found: "none")
    }
    precondition(pointCount > 1, "CTCTuning: expected at least 2 points, got \(pointCount)")
    var frames: [CTCFrames] = []
    for (index, utterance) in utterances.enumerated() {
      do {
        frames.append(try CTCFrames(utterance.logits, alphabet))
      } catch {
        throw InputError(
          file: "utterance \(index + 1)", row: error.row, expected: error.expected,
          found: error.found)
      }
    }
    // Before hours are spent on weights.
    for threshold in thresholds { _ = try options.with(threshold: threshold) }
    let language = try CTCLanguage(alphabet, fusion: CTCLanguage.Fusion(model))
    var trials: [Trial] = []
    func attempt(_ alpha: Double, _ beta: Double, _ threshold: Double) throws(InputError) {
      guard
        !trials.contains(where: {
          $0.alpha == alpha && $0.beta == beta && $0.threshold == threshold
        })
      else { return }
      let start = CTCBeamSearch(
        alphabet, try options.with(threshold: threshold),
        try language.weighted(alpha: alpha, beta: beta))
      let errors = Self.errors(frames, utterances.map(\.text), start, errorCount)
      let trial = Trial(alpha: alpha, beta: beta, threshold: threshold, errorCount: errors)
      trials.append(trial)
      report(trial)
    }
    // The first of those that are as good.
    func best() -> Trial {
      trials.dropFirst().reduce(trials[0]) { $1.errorCount < $0.errorCount ? $1 : $0 }
    }

    var steps = [alphas, betas].map {
      ($0.upperBound - $0.lowerBound) / Double(pointCount - 1)
    }
    for row in 0..<pointCount {
      for column in 0..<pointCount {
        try attempt(
          alphas.lowerBound + Double(row) * steps[0], betas.lowerBound + Double(column) * steps[1],
          options.threshold)
      }
    }
    for _ in 0..<refinementCount {
      steps = steps.map { $0 / 2 }
      let center = best()
      for row in [-1.0, 0, 1] {
        for column in [-1.0, 0, 1] {
          let alpha = center.alpha + row * steps[0]
          try attempt(max(0, alpha), center.beta + column * steps[1], options.threshold)
        }
      }
    }
    let center = best()
    for threshold in thresholds { try attempt(center.alpha, center.beta, threshold) }
    return trials.enumerated().sorted {
      ($0.element.errorCount, $0.offset) < ($1.element.errorCount, $1.offset)
    }.map(\.element)
  }

  /// What a search that has taken nothing makes of all utterances.
  private static func errors(
    _ frames: [CTCFrames], _ texts: [String], _ start: CTCBeamSearch,
    _ errorCount: @escaping @Sendable (String, String) -> Int
  ) -> Int {
    let sum = Atomic(0)
    let next = Atomic(0)
    DispatchQueue.concurrentPerform(iterations: Processor.threadCount) { _ in
      while true {
        let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
        guard index < frames.count else { return }
        var search = start
        search.add(frames[index])
        let errors = errorCount(search.finished().first?.text ?? "", texts[index])
        sum.wrappingAdd(errors, ordering: .relaxed)
      }
    }
    return sum.load(ordering: .relaxed)
  }
}
