import ApusFiles
import ApusTensors

/// The most probable alignment of known labels with the frames of an utterance.
public struct CTCAlignment: Sendable, Hashable {
  /// The labels with their frames; blanks are between them.
  public let labels: [TimedLabel]
  /// ln of the probability of the alignment.
  public let score: Double

  /// The words of the labels.
  public func words(_ alphabet: CTCAlphabet) -> [TimedWord] {
    TimedWord.words(of: labels, alphabet)
  }

  /// Aligns labels, with a quarter of a byte for each frame and each of two states a label.
  ///
  /// - Parameters:
  ///   - target: Without blanks.
  ///   - logits: Of one utterance, not normalised or log-probabilities: [T, V].
  ///   - alphabet: What the V classes stand for.
  /// - Throws: `InputError` for a label that is no class, for fewer frames than the labels need, more
  ///   of both than 2 GiB have room for, or logits that leave no alignment.
  /// - Source: Viterbi 1967, over the states of Graves et al., ICML 2006, §4.1.
  public init(
    _ target: [Int32], with logits: Tensor, _ alphabet: CTCAlphabet
  ) throws(InputError) {
    if let label = target.first(where: {
      $0 < 0 || Int($0) >= alphabet.tokens.count || $0 == alphabet.blank
    }) {
      throw InputError(
        expected: "labels in 0..<\(alphabet.tokens.count) other than the blank, \(alphabet.blank)",
        found: "\(label)")
    }
    let frames = try CTCFrames(logits, alphabet)
    guard frames.count >= ctcFrameCount(target) else {
      throw InputError(
        expected: "at least \(ctcFrameCount(target)) frames for \(target.count) labels",
        found: "\(frames.count)")
    }
    guard frames.count <= BestPath.longest(labelCount: target.count) else {
      throw InputError(
        expected: "at most \(BestPath.longest(labelCount: target.count)) frames for "
          + "\(target.count) labels",
        found: "\(frames.count)")
    }
    let path = BestPath(target, frames, blank: alphabet.blank)
    guard path.score > -.infinity else {
      throw InputError(expected: "labels that the logits allow", found: "a probability of 0")
    }
    score = path.score
    var labels: [TimedLabel] = []
    for (frame, state) in path.states.enumerated() where state % 2 == 1 {
      let label = target[state / 2]
      let logProbability = frames[frame, label]
      if frame > 0, path.states[frame - 1] == state, let last = labels.popLast() {
        labels.append(
          TimedLabel(
            label: label, frames: last.frames.lowerBound...frame,
            logProbability: max(last.logProbability, logProbability)))
      } else {
        labels.append(
          TimedLabel(label: label, frames: frame...frame, logProbability: logProbability))
      }
    }
    self.labels = labels
  }
}

/// The most probable path through blanks, which have even numbers, and labels, which have odd ones.
private struct BestPath {
  let score: Double
  /// At each frame.
  let states: [Int]

  /// The bytes of the steps of a frame.
  private static func rowSize(labelCount: Int) -> Int { (2 * labelCount + 1 + 3) / 4 }

  /// The most frames whose steps 2 GiB have room for.
  static func longest(labelCount: Int) -> Int { (1 << 31) / rowSize(labelCount: labelCount) }

  init(_ target: [Int32], _ frames: CTCFrames, blank: Int32) {
    let stateCount = 2 * target.count + 1
    var scores = [Double](repeating: -.infinity, count: stateCount)
    // As if blanks without a cost had gone before.
    scores[0] = 0
    let rowSize = Self.rowSize(labelCount: target.count)
    // How many states lie between a state and the one it was reached from, 2 bits each.
    var steps = [UInt8](repeating: 0, count: frames.count * rowSize)
    for frame in 0..<frames.count {
      // From above, so that what is read still is the former frame's.
      for state in stride(from: stateCount - 1, through: 0, by: -1) {
        let label = state % 2 == 0 ? blank : target[state / 2]
        var best = scores[state]
        var step: UInt8 = 0
        if state > 0, scores[state - 1] > best { (best, step) = (scores[state - 1], 1) }
        let skips = state % 2 == 1 && state > 1 && target[state / 2] != target[state / 2 - 1]
        if skips, scores[state - 2] > best { (best, step) = (scores[state - 2], 2) }
        scores[state] = best + frames[frame, label]
        steps[frame * rowSize + state / 4] |= step << (2 * UInt8(state % 4))
      }
    }
    var state = stateCount - 1
    if state > 0, scores[state - 1] > scores[state] { state -= 1 }
    score = scores[state]
    var states = [Int](repeating: 0, count: frames.count)
    for frame in (0..<frames.count).reversed() {
      states[frame] = state
      state -= Int(steps[frame * rowSize + state / 4] >> (2 * UInt8(state % 4)) & 3)
    }
    self.states = states
  }
}
