import ApusFiles
import ApusTensors

/// The labels of the most probable class at each frame.
///
/// - Parameters:
///   - logits: Of one utterance, not normalised or log-probabilities: [T, V].
///   - alphabet: What the V classes stand for.
/// - Returns: The reading, with the log-probability of the path.
/// - Throws: `InputError` naming the frame where logits are no numbers.
/// - Source: Graves et al., ICML 2006, §3.2, best path decoding.
public func ctcGreedySearch(
  _ logits: Tensor, _ alphabet: CTCAlphabet
) throws(InputError) -> CTCHypothesis {
  let frames = try CTCFrames(logits, alphabet)
  var labels: [TimedLabel] = []
  var score = 0.0
  var former = alphabet.blank
  for frame in 0..<frames.count {
    let row = frames[frame]
    // The first of those that are equal.
    let best = row.indices.reduce(row.startIndex) { row[$1] > row[$0] ? $1 : $0 }
    let label = Int32(best - row.startIndex)
    let logProbability = Double(row[best])
    score += logProbability
    if label != alphabet.blank {
      if label == former, let last = labels.popLast() {
        labels.append(
          TimedLabel(
            label: label, frames: last.frames.lowerBound...frame,
            logProbability: max(last.logProbability, logProbability)))
      } else {
        labels.append(
          TimedLabel(label: label, frames: frame...frame, logProbability: logProbability))
      }
    }
    former = label
  }
  return CTCHypothesis(labels: labels, alphabet, acousticScore: score)
}
