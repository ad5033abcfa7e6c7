import ApusModels
import ApusTensors
import Testing

@testable import ApusTraining

@Suite struct ClassThresholdsTests {
  private func macroF1(
    _ thresholds: ClassThresholds?, _ probabilities: [[Float]], _ labels: [Int?]
  ) -> Double {
    let thresholds = thresholds ?? ClassThresholds(probabilities[0].map { _ in 1 })
    var score = ClassificationScore(classCount: probabilities[0].count)
    for (row, label) in zip(probabilities, labels) {
      score.add(expected: label, predicted: thresholds.decision(row))
    }
    return score.macroF1
  }

  private func examples(_ count: Int, classes: Int) -> ([[Float]], [Int]) {
    var random = RandomStream(RandomKey(seed: 9, name: "examples"))
    let labels = (0..<count).map { _ in min(classes - 1, random.below(classes * classes) / classes)
    }
    let rows = labels.map { label in
      let odds = (0..<classes).map {
        (Float(random.uniform()) + ($0 == label ? 0.3 : 0)) / Float($0 + 1)
      }
      return odds.map { $0 / odds.reduce(0, +) }
    }
    return (rows, labels)
  }

  @Test func secondOfTwoClassesIsToldAboveItsThreshold() {
    let thresholds = ClassThresholds([0.75, 0.25])
    #expect(thresholds.decision([0.74, 0.26]) == 1 && thresholds.decision([0.76, 0.24]) == 0)
    #expect(ClassThresholds([3, 1]) == thresholds)
  }

  /// No other threshold of two classes is better.
  @Test func twoClassesGetTheBestThreshold() throws {
    let (rows, labels) = examples(300, classes: 2)
    let tuned = try #require(ClassThresholds.tuned(probabilities: rows, labels: labels))
    let best = (1..<1000).map { step -> Double in
      let share = Float(step) / 1000
      return macroF1(ClassThresholds([1 - share, share]), rows, labels)
    }.max()
    #expect(macroF1(tuned, rows, labels) >= (best ?? 1) - 1e-9)
    #expect(macroF1(tuned, rows, labels) > macroF1(nil, rows, labels) + 0.01)
  }

  @Test func moreClassesGetBetterOnes() throws {
    let (rows, labels) = examples(400, classes: 4)
    let tuned = try #require(ClassThresholds.tuned(probabilities: rows, labels: labels))
    #expect(macroF1(tuned, rows, labels) > macroF1(nil, rows, labels) + 0.02)
    #expect(tuned.values.allSatisfy { $0 > 0 } && abs(tuned.values.reduce(0, +) - 1) < 1e-5)
  }

  @Test func perfectOnesNeedNone() {
    #expect(ClassThresholds.tuned(probabilities: [[1, 0], [0, 1]], labels: [0, 1]) == nil)
    #expect(ClassThresholds.tuned(probabilities: [], labels: []) == nil)
    #expect(ClassThresholds.tuned(probabilities: [[0.5, 0.5]], labels: [nil]) == nil)
  }
}
