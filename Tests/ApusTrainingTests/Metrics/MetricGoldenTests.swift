import Foundation
import Testing

@testable import ApusTraining

/// What scikit-learn finds, from Tests/Peers/metrics/make_metrics.py.
private struct Golden: Decodable {
  struct Classification: Decodable {
    let name: String
    let expected, predicted, labels: [Int]
    let accuracy, macro_f1, micro_f1, weighted_f1, macro_precision, macro_recall, matthews: Double
    let precision, recall, f1: [Double]
  }
  struct Binary: Decodable {
    let name: String
    let scores: [Float]
    let positives: [Bool]
    let auc: Double?
    let average_precision: Double
  }
  struct Multiclass: Decodable {
    let name: String
    let probabilities: [[Float]]
    let labels: [Int]
    let auc, brier, ece_10, ece_15: Double
  }
  struct Gain: Decodable {
    let name: String
    let scores: [Float]
    let relevances: [Double]
    let linear_all, linear_1, linear_3, linear_10: Double
    let exponential_all, exponential_1, exponential_3, exponential_10: Double
  }
  struct Ranking: Decodable {
    struct Query: Decodable {
      let scores: [Float]
      let relevant: [Bool]
    }
    let queries: [Query]
    let map, mrr, map_of_all, mrr_of_all: Double
  }
  struct Span: Decodable {
    let predicted: String
    let answers: [String]
    let exact, f1: Double
  }
  struct MultiLabel: Decodable {
    let name: String
    let expected, predicted: [[Bool]]
    let macro_f1, micro_f1, sample_f1, subset_accuracy: Double
  }

  let classification: [Classification]
  let binary: [Binary]
  let multiclass: [Multiclass]
  let gain: [Gain]
  let ranking: Ranking
  let span: [Span]
  let multi_label: [MultiLabel]

  init() throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Golden/metrics.json")
    self = try JSONDecoder().decode(Golden.self, from: Data(contentsOf: file))
  }
}

private func expectEqual(
  _ found: Double?, _ expected: Double?, _ what: String, within limit: Double = 1e-12,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  guard let found, let expected else {
    #expect(found == nil && expected == nil, "\(what)", sourceLocation: sourceLocation)
    return
  }
  #expect(
    abs(found - expected) <= limit, "\(what): expected \(expected), got \(found)",
    sourceLocation: sourceLocation)
}

@Suite struct MetricGoldenTests {
  private let golden: Golden

  init() throws { golden = try Golden() }

  @Test func classification() {
    #expect(golden.classification.count == 8)
    for golden in golden.classification {
      var score = ClassificationScore(classCount: 4)
      for (expected, predicted) in zip(golden.expected, golden.predicted) {
        score.add(expected: expected, predicted: predicted)
      }
      expectEqual(score.accuracy, golden.accuracy, "\(golden.name): accuracy")
      expectEqual(score.macroF1, golden.macro_f1, "\(golden.name): macro F1")
      expectEqual(score.microF1, golden.micro_f1, "\(golden.name): micro F1")
      expectEqual(score.weightedF1, golden.weighted_f1, "\(golden.name): weighted F1")
      expectEqual(score.macroPrecision, golden.macro_precision, "\(golden.name): precision")
      expectEqual(score.macroRecall, golden.macro_recall, "\(golden.name): recall")
      expectEqual(score.matthews, golden.matthews, "\(golden.name): Matthews")
      for (place, label) in golden.labels.enumerated() {
        let what = "\(golden.name), class \(label)"
        expectEqual(score.precision(of: label), golden.precision[place], "\(what): precision")
        expectEqual(score.recall(of: label), golden.recall[place], "\(what): recall")
        expectEqual(score.f1(of: label), golden.f1[place], "\(what): F1")
      }
    }
  }

  @Test func binary() {
    #expect(golden.binary.count == 7)
    for golden in golden.binary {
      let (scores, positives) = (golden.scores, golden.positives)
      expectEqual(
        rocAUC(scores: scores, positives: positives), golden.auc, "\(golden.name): AUC")
      expectEqual(
        averagePrecision(scores: scores, positives: positives), golden.average_precision,
        "\(golden.name): average precision")
    }
  }

  @Test func probabilities() {
    #expect(golden.multiclass.count == 2)
    for golden in golden.multiclass {
      let (rows, labels) = (golden.probabilities, golden.labels)
      expectEqual(
        oneVersusRestAUC(probabilities: rows, labels: labels), golden.auc, "\(golden.name): AUC")
      // scikit-learn divides each row by its sum in Float64 first.
      expectEqual(
        brierScore(probabilities: rows, labels: labels), golden.brier, "\(golden.name): Brier",
        within: 1e-6)
      for (count, expected) in [(10, golden.ece_10), (15, golden.ece_15)] {
        var score = CalibrationScore(binCount: count)
        for (row, label) in zip(rows, labels) {
          let best = row.indices.max { row[$0] < row[$1] }
          score.add(confidence: Double(row.max() ?? 0), isRight: best == label)
        }
        expectEqual(score.expectedError, expected, "\(golden.name): ECE of \(count) bins")
      }
    }
  }

  @Test func gains() {
    #expect(golden.gain.count == 4)
    for golden in golden.gain {
      let expected: [(RelevanceGain, Int?, Double)] = [
        (.linear, nil, golden.linear_all), (.linear, 1, golden.linear_1),
        (.linear, 3, golden.linear_3), (.linear, 10, golden.linear_10),
        (.exponential, nil, golden.exponential_all), (.exponential, 1, golden.exponential_1),
        (.exponential, 3, golden.exponential_3), (.exponential, 10, golden.exponential_10),
      ]
      for (gain, count, expected) in expected {
        let found = normalizedGain(
          scores: golden.scores, relevances: golden.relevances, at: count, gain)
        expectEqual(found, expected, "\(golden.name): \(gain) at \(count ?? 0)")
      }
    }
  }

  @Test func rankings() {
    let golden = golden.ranking
    var (answered, all) = (RankingScore(), RankingScore(countsUnanswered: true))
    for query in golden.queries {
      answered.add(scores: query.scores, relevant: query.relevant)
      all.add(scores: query.scores, relevant: query.relevant)
    }
    expectEqual(answered.meanAveragePrecision, golden.map, "MAP")
    expectEqual(answered.meanReciprocalRank, golden.mrr, "MRR")
    expectEqual(all.meanAveragePrecision, golden.map_of_all, "MAP of all")
    expectEqual(all.meanReciprocalRank, golden.mrr_of_all, "MRR of all")
    #expect(all.queryCount == golden.queries.count)
    #expect(answered.queryCount == all.queryCount - all.unansweredCount)
  }

  @Test func spans() {
    #expect(golden.span.count == 15)
    for golden in golden.span {
      var score = SpanScore()
      score.add(golden.predicted, answers: golden.answers)
      expectEqual(score.exactMatch, golden.exact, "\(golden.predicted): exact match")
      expectEqual(score.f1, golden.f1, "\(golden.predicted): F1")
    }
  }

  @Test func sets() {
    #expect(golden.multi_label.count == 4)
    for golden in golden.multi_label {
      var score = MultiLabelScore(labelCount: golden.expected[0].count)
      for (expected, predicted) in zip(golden.expected, golden.predicted) {
        score.add(expected: expected, predicted: predicted)
      }
      expectEqual(score.macroF1, golden.macro_f1, "\(golden.name): macro F1")
      expectEqual(score.microF1, golden.micro_f1, "\(golden.name): micro F1")
      expectEqual(score.sampleF1, golden.sample_f1, "\(golden.name): sample F1")
      expectEqual(score.subsetAccuracy, golden.subset_accuracy, "\(golden.name): whole sets")
    }
  }
}
