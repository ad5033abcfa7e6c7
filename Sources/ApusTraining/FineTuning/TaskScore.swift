import ApusModels
import ApusText
import Glibc

/// How well a model does a task, counted example by example.
public struct TaskScore: Sendable {
  public let config: TaskConfig
  /// The mean loss of an example.
  public var loss = 0.0
  /// The number of examples.
  public private(set) var count = 0
  public private(set) var classification: ClassificationScore
  public private(set) var calibration = CalibrationScore()
  private var probabilities: [[Float]] = []
  private var labels: [Int] = []
  private var multilabel: MultiLabelScore
  private var predictedScores: [Double] = []
  private var expectedScores: [Double] = []
  private var ranking = RankingScore()
  private var gains: [Double] = []
  private var rightCount = 0
  private var tagging = TaggingScore()
  private var answers = SpanScore()
  /// Of questions that have an answer, and of those that have none.
  private var answered = SpanScore()
  private var unanswered = SpanScore()

  public init(_ config: TaskConfig) {
    self.config = config
    classification = ClassificationScore(classCount: config.labels.count)
    multilabel = MultiLabelScore(labelCount: config.labels.count)
  }

  /// Counts an example.
  ///
  /// - Parameters:
  ///   - answer: What the model said.
  ///   - target: What is right, of the same kind.
  public mutating func add(_ answer: TaskAnswer, for target: TaskTarget) {
    count += 1
    switch (answer, target) {
    case (.label(let found, let row), .label(let label)):
      if config.kind == .choice {
        rightCount += found == label ? 1 : 0
        return
      }
      classification.add(expected: label, predicted: found)
      calibration.add(confidence: Double(row[found]), isRight: found == label)
      guard let label else { return }
      probabilities.append(row)
      labels.append(label)
    case (.labels(let row), .labels(let labels)):
      multilabel.add(expected: labels, predicted: row.map { $0 >= config.threshold })
    case (.score(let found), .score(let score)):
      predictedScores.append(Double(found))
      expectedScores.append(Double(score))
    case (.scores(let scores), .relevances(let relevances)):
      ranking.add(scores: scores, relevant: relevances.map { $0 > 0 })
      if relevances.contains(where: { $0 > 0 }) {
        gains.append(normalizedGain(scores: scores, relevances: relevances.map(Double.init)))
      }
    case (.tags(let found), .tags(let tags)):
      tagging.add(
        predicted: found.map { config.labels[$0] },
        expected: tags.map { $0.map { config.labels[Int($0)] } ?? "an unknown tag" })
    case (.span(let found), .spans(_, let right)):
      add(answer: found.chosen(config.noAnswerThreshold)?.text ?? "", right: right)
    case (_, .text): break
    default:
      preconditionFailure("TaskScore: expected an answer of \(config.kind), got \(answer)")
    }
  }

  /// Counts the answer to a question in words; an empty one says that there is none.
  private mutating func add(answer: String, right: [String]) {
    answers.add(answer, answers: right)
    if right.isEmpty {
      unanswered.add(answer, answers: right)
    } else {
      answered.add(answer, answers: right)
    }
  }

  /// A measure; NaN where it is not defined, such as a correlation with a constant.
  public func value(of metric: TaskMetric) -> Double {
    switch metric {
    case .accuracy:
      switch config.kind {
      case .choice: Double(rightCount) / Double(max(1, count))
      case .tagging: tagging.accuracy
      default: classification.accuracy
      }
    case .matthews: classification.matthews
    case .auc:
      labels.isEmpty
        ? .nan
        : config.labels.count == 2
          ? rocAUC(scores: probabilities.map { $0[1] }, positives: labels.map { $0 == 1 }) ?? .nan
          : oneVersusRestAUC(probabilities: probabilities, labels: labels) ?? .nan
    case .macroF1: config.kind == .multilabel ? multilabel.macroF1 : classification.macroF1
    case .microF1: config.kind == .multilabel ? multilabel.microF1 : classification.microF1
    case .weightedF1: classification.weightedF1
    case .f1:
      switch config.kind {
      case .tagging: config.scheme == nil ? tagging.accuracy : tagging.all.f1
      case .answers: answers.f1
      default: classification.f1(of: 1)
      }
    case .calibrationError: calibration.expectedError
    case .brier: brierScore(probabilities: probabilities, labels: labels)
    case .pearson: Correlation.pearson(predictedScores, expectedScores)
    case .spearman: Correlation.spearman(predictedScores, expectedScores)
    case .map: ranking.meanAveragePrecision
    case .mrr: ranking.meanReciprocalRank
    case .ndcg: gains.isEmpty ? .nan : gains.reduce(0, +) / Double(gains.count)
    case .exactMatch: answers.exactMatch
    case .hasAnswerF1: answered.questionCount == 0 ? .nan : answered.f1
    case .noAnswerF1: unanswered.questionCount == 0 ? .nan : unanswered.f1
    case .sampleF1: multilabel.sampleF1
    case .subsetAccuracy: multilabel.subsetAccuracy
    case .perplexity: exp(loss)
    }
  }
}
