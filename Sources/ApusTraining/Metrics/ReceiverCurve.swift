/// The area under the receiver operating characteristic: the probability that an example with yes has
/// a higher score than one with no; equal scores count half.
///
/// - Parameters:
///   - scores: Of each example, higher for yes.
///   - positives: Whether each is a yes.
/// - Returns: 0...1; nil, where scikit-learn gives NaN, if all answers are the same or a score is not
///   a number.
/// - Source: Hanley & McNeil 1982, by the rank sum of Mann & Whitney 1947.
public func rocAUC(scores: [Float], positives: [Bool]) -> Double? {
  guard let steps = thresholdSteps(scores, positives) else { return nil }
  let (yes, no) = (steps.reduce(0) { $0 + $1.yes }, steps.reduce(0) { $0 + $1.no })
  guard yes > 0, no > 0 else { return nil }
  var (above, twice) = (0, 0)
  for step in steps {
    twice += step.no * (2 * above + step.yes)
    above += step.yes
  }
  return Double(twice) / (2 * Double(yes) * Double(no))
}

/// The mean over the classes of the area under the curve of each against all others.
///
/// - Parameters:
///   - probabilities: Of each example, a probability for each class.
///   - labels: The class of each example.
/// - Returns: The mean in which each class counts alike; nil if a class has no example or all, where
///   scikit-learn gives NaN.
public func oneVersusRestAUC(probabilities: [[Float]], labels: [Int]) -> Double? {
  let areas = (probabilities.first ?? []).indices.map { index in
    rocAUC(scores: probabilities.map { $0[index] }, positives: labels.map { $0 == index })
  }
  let known = areas.compactMap { $0 }
  guard !areas.isEmpty, known.count == areas.count else { return nil }
  return known.reduce(0, +) / Double(known.count)
}

/// The mean precision over the thresholds, each weighted by the recall that it adds.
///
/// Examples of equal score pass a threshold together.
///
/// - Parameters:
///   - scores: Of each example, higher for yes.
///   - positives: Whether each is a yes.
/// - Returns: 0...1, and 0 without a yes, as in scikit-learn; nil if a score is not a number.
public func averagePrecision(scores: [Float], positives: [Bool]) -> Double? {
  guard let steps = thresholdSteps(scores, positives) else { return nil }
  var (found, seen, sum) = (0, 0, 0.0)
  for step in steps {
    found += step.yes
    seen += step.yes + step.no
    sum += Double(step.yes) * Double(found) / Double(seen)
  }
  return found == 0 ? 0 : sum / Double(found)
}

/// The answers of each distinct score, from the highest on; nil if a score is not a number.
private func thresholdSteps(
  _ scores: [Float], _ positives: [Bool]
) -> [(yes: Int, no: Int)]? {
  precondition(
    scores.count == positives.count,
    "thresholdSteps: expected \(scores.count) answers, got \(positives.count)")
  guard !scores.contains(where: \.isNaN) else { return nil }
  var steps: [(yes: Int, no: Int)] = []
  var last: Float?
  for index in scores.indices.sorted(by: { scores[$0] > scores[$1] }) {
    if scores[index] != last { steps.append((0, 0)) }
    last = scores[index]
    if positives[index] {
      steps[steps.count - 1].yes += 1
    } else {
      steps[steps.count - 1].no += 1
    }
  }
  return steps
}
