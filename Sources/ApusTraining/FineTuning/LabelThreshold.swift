import ApusLayers
import ApusModels

/// The probability from which on labels that are not exclusive count as given, so that the micro F1 is
/// highest.
///
/// Between two probabilities it makes no difference where the threshold is: it is 0.5 if that is between
/// them, and in their middle otherwise. Of equally good ones it is the nearest to 0.5.
///
/// - Parameter labels: The probability of each label of each text, and whether it is given.
/// - Returns: The threshold; 0.5 where no label is given.
func bestLabelThreshold(_ labels: [(probability: Float, isGiven: Bool)]) -> Float {
  let sorted = labels.sorted { $0.probability > $1.probability }
  let givenCount = labels.count { $0.isGiven }
  var best = (f1: 0.0, threshold: Float(0.5))
  var hits = 0
  for (index, label) in sorted.enumerated() {
    hits += label.isGiven ? 1 : 0
    let next = index + 1 < sorted.count ? sorted[index + 1].probability : 0
    guard index + 1 == sorted.count || next < label.probability else { continue }
    let f1 = 2 * Double(hits) / Double(index + 1 + givenCount)
    let threshold =
      next < 0.5 && label.probability >= 0.5 ? 0.5 : next + (label.probability - next) / 2
    if f1 > best.f1 || f1 == best.f1 && abs(threshold - 0.5) < abs(best.threshold - 0.5) {
      best = (f1, threshold)
    }
  }
  return best.threshold
}

extension TaskModel {
  /// The threshold that is best on some examples.
  func labelThreshold(on examples: [TaskExample], _ precision: Mode.Precision) -> Float {
    bestLabelThreshold(
      zip(answers(to: examples, precision), examples).flatMap { answer, example in
        guard case .labels(let probabilities) = answer, case .labels(let given) = example.target
        else { return [(Float, Bool)]() }
        return Array(zip(probabilities, given))
      })
  }
}
