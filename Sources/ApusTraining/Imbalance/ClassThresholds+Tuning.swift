import ApusModels
import Glibc

extension ClassThresholds {
  /// The thresholds of the best macro F1 on validation examples.
  ///
  /// One class after the other gets its best threshold, given those of the others, until nothing
  /// improves: of two classes that is the best there is, of more a local best. Of thresholds that are
  /// as good it is the one nearest to no change, midway between probabilities that differ.
  ///
  /// - Parameters:
  ///   - probabilities: Of each example, a probability for each class.
  ///   - labels: The class of each example; nil for one that the model does not know.
  /// - Returns: Nil where no thresholds are better than none.
  public static func tuned(probabilities: [[Float]], labels: [Int?]) -> ClassThresholds? {
    guard let classCount = probabilities.first?.count, classCount > 1 else { return nil }
    // ln p, kept finite; a class is told where ln p + offset is greatest.
    let logs = probabilities.map { $0.map { log(max(Double($0), 1e-30)) } }
    var offsets = Array(repeating: 0.0, count: classCount)
    var best = score(logs, labels, offsets).value
    var improves = true
    while improves {
      improves = false
      for index in 0..<classCount {
        let found = bestOffset(of: index, logs, labels, offsets)
        guard found.macroF1 > best + 1e-9 else { continue }
        (offsets[index], best, improves) = (found.offset, found.macroF1, true)
      }
    }
    guard offsets.contains(where: { $0 != 0 }) else { return nil }
    let middle = offsets.reduce(0, +) / Double(classCount)
    return ClassThresholds(offsets.map { Float(exp(middle - $0)) })
  }

  private static func score(
    _ logs: [[Double]], _ labels: [Int?], _ offsets: [Double]
  ) -> MacroF1 {
    var score = MacroF1(classCount: offsets.count, labels: labels)
    for (logs, label) in zip(logs, labels) {
      let told = zip(logs, offsets).map(+).firstGreatest
      score.count(label, told: told, by: 1)
    }
    return score
  }

  /// The offset of a class that is best while the others stay as they are.
  private static func bestOffset(
    of index: Int, _ logs: [[Double]], _ labels: [Int?], _ offsets: [Double]
  ) -> (offset: Double, macroF1: Double) {
    // From the offset `turn` on, an example that else is told `other` is told this class.
    let examples = zip(logs, labels).map { logs, label in
      var others = logs.indices.map { logs[$0] + offsets[$0] }
      others[index] = -.infinity
      let other = others.firstGreatest
      return (turn: others[other] - logs[index], other: other, label: label)
    }.sorted { $0.turn < $1.turn }
    var score = MacroF1(classCount: offsets.count, labels: labels)
    for example in examples { score.count(example.label, told: example.other, by: 1) }
    var best = (offset: offsets[index], macroF1: -1.0)
    for (place, example) in examples.enumerated() {
      score.count(example.label, told: example.other, by: -1)
      score.count(example.label, told: index, by: 1)
      let next = place + 1 < examples.count ? examples[place + 1].turn : example.turn + 2
      guard next > example.turn else { continue }
      let (offset, macroF1) = ((example.turn + next) / 2, score.value)
      let isNearer = macroF1 == best.macroF1 && offset.magnitude < best.offset.magnitude
      if macroF1 > best.macroF1 || isNearer { best = (offset, macroF1) }
    }
    return best
  }
}

/// The macro F1 of decisions that change one at a time.
private struct MacroF1 {
  private var right, told, expected: [Int]
  private let unknownCount: Int
  /// The sum over the classes that occur, and their number.
  private var sum = 0.0
  private var occurring = 0

  /// No decisions yet on examples of these classes.
  init(classCount: Int, labels: [Int?]) {
    let zeros = Array(repeating: 0, count: classCount)
    (right, told) = (zeros, zeros)
    expected = labels.reduce(into: zeros) { counts, label in
      if let label { counts[label] += 1 }
    }
    unknownCount = labels.count { $0 == nil }
    occurring = expected.count { $0 > 0 }
  }

  var value: Double {
    let count = occurring + (unknownCount > 0 ? 1 : 0)
    return count == 0 ? 0 : sum / Double(count)
  }

  /// Adds a decision, or with −1 takes it back.
  mutating func count(_ label: Int?, told index: Int, by change: Int) {
    addScore(of: index, sign: -1)
    told[index] += change
    if label == index { right[index] += change }
    addScore(of: index, sign: 1)
  }

  private mutating func addScore(of index: Int, sign: Int) {
    let whole = told[index] + expected[index]
    sum += Double(sign) * share(2 * right[index], of: whole)
    // Classes that are expected are counted from the start.
    if expected[index] == 0, told[index] > 0 { occurring += sign }
  }
}
