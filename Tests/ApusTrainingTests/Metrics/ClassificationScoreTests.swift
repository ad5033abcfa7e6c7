import ApusTraining
import Testing

@Suite struct ClassificationScoreTests {
  private func score(_ pairs: [(Int?, Int)], classes: Int) -> ClassificationScore {
    var score = ClassificationScore(classCount: classes)
    for (expected, predicted) in pairs { score.add(expected: expected, predicted: predicted) }
    return score
  }

  /// scikit-learn 1.5: f1_score([0,0,1,1,2,2,2], [0,1,1,1,2,0,2], average="macro") = 0.7,
  /// accuracy 5/7.
  @Test func agreesWithScikitLearn() {
    let score = score([(0, 0), (0, 1), (1, 1), (1, 1), (2, 2), (2, 0), (2, 2)], classes: 3)
    #expect(abs(score.accuracy - 5.0 / 7) < 1e-12)
    #expect(abs(score.f1(of: 0) - 0.5) < 1e-12 && abs(score.f1(of: 1) - 0.8) < 1e-12)
    #expect(abs(score.macroF1 - 0.7) < 1e-12)
  }

  @Test func classesThatNeverOccurDoNotCount() {
    let score = score([(0, 0), (1, 1)], classes: 5)
    #expect(score.macroF1 == 1 && score.f1(of: 4) == 0)
  }

  @Test func unknownClassesAreWrong() {
    let score = score([(0, 0), (nil, 0), (1, 1), (nil, 1)], classes: 2)
    #expect(score.textCount == 4 && score.unknownCount == 2 && score.accuracy == 0.5)
    // Precision 1/2, recall 1 of both known classes, and 0 of the rest.
    #expect(abs(score.macroF1 - (2.0 / 3 + 2.0 / 3) / 3) < 1e-12)
  }

  @Test func nothingIsZero() {
    let score = score([], classes: 2)
    #expect(score.accuracy == 0 && score.macroF1 == 0 && score.textCount == 0)
  }
}
