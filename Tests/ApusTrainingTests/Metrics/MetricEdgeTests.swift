import Testing

@testable import ApusTraining

@Suite struct MetricEdgeTests {
  @Test func nothingIsZero() {
    #expect(RankingScore().meanAveragePrecision == 0 && SpanScore().f1 == 0)
    #expect(MultiLabelScore(labelCount: 0).macroF1 == 0 && CalibrationScore().expectedError == 0)
    #expect(brierScore(probabilities: [], labels: []) == 0)
    #expect(rocAUC(scores: [], positives: []) == nil)
    #expect(oneVersusRestAUC(probabilities: [], labels: []) == nil)
    #expect(normalizedGain(scores: [], relevances: []) == 0)
    #expect(ClassificationScore(classCount: 2).matthews == 0)
  }

  /// A model that tells nothing apart is not helped by right candidates that come first.
  @Test func equalScoresShareTheLastPlace() {
    for relevant in [[true, false, false, false], [false, false, false, true]] {
      var score = RankingScore()
      score.add(scores: [1, 1, 1, 1], relevant: relevant)
      #expect(score.meanReciprocalRank == 0.25 && score.meanAveragePrecision == 0.25)
    }
  }

  @Test func scoresThatAreNoNumbersRankLast() {
    var score = RankingScore()
    score.add(scores: [.nan, 0.1, -5], relevant: [true, false, false])
    #expect(score.meanReciprocalRank == 1.0 / 3)
    #expect(rocAUC(scores: [.nan, 1], positives: [true, false]) == nil)
    #expect(averagePrecision(scores: [.nan, 1], positives: [true, false]) == nil)
  }

  /// Bins have their upper end: 0.5 of two bins belongs to the lower one, 0 to the first.
  @Test func binsHaveTheirUpperEnd() {
    var score = CalibrationScore(binCount: 2)
    for confidence in [0, 0.5, 0.75, 1, 7, .nan] {
      score.add(confidence: confidence, isRight: true)
    }
    #expect(score.bins.map(\.count) == [3, 3])
    #expect(score.bins[0].confidence == 0.5 / 3 && score.bins[1].accuracy == 1)
  }

  @Test func classesThatAModelDoesNotKnowAreOneMore() {
    var score = ClassificationScore(classCount: 2)
    for (expected, predicted) in [(0, 0), (nil, 0), (1, 1), (nil, 1)] as [(Int?, Int)] {
      score.add(expected: expected, predicted: predicted)
    }
    // scikit-learn 1.9: matthews_corrcoef([0, 2, 1, 2], [0, 0, 1, 1]).
    #expect(abs(score.matthews - 0.4472135954999579) < 1e-12)
    #expect(abs(score.weightedF1 - 1.0 / 3) < 1e-12)
  }
}
