import ApusModels

/// A measure of a task by its name in task files and reports.
public enum TaskMetric: String, Sendable, CaseIterable {
  case accuracy, matthews, auc, brier
  case macroF1 = "macro_f1"
  case microF1 = "micro_f1"
  case weightedF1 = "weighted_f1"
  /// Of the second of two classes.
  case f1
  case calibrationError = "calibration_error"
  case pearson, spearman
  case map, mrr, ndcg
  case exactMatch = "exact_match"
  /// The F1 of questions that have an answer, and that of those that have none.
  case hasAnswerF1 = "has_answer_f1"
  case noAnswerF1 = "no_answer_f1"
  case sampleF1 = "sample_f1"
  case subsetAccuracy = "subset_accuracy"
  case perplexity

  /// Whether a lower value is better.
  var isError: Bool { [.calibrationError, .brier, .perplexity].contains(self) }

  /// Whether the measure means something for a task: the F1 of the second class needs two, and that of
  /// questions without an answer some of these.
  public func isDefined(for task: TaskConfig) -> Bool {
    switch self {
    case .f1: task.kind != .classification || task.labels.count == 2
    case .hasAnswerF1, .noAnswerF1: task.noAnswerThreshold != nil
    default: true
    }
  }

  /// The measures of a kind of task; the first is what the best model is chosen by if none is named.
  public static func all(of kind: TaskKind) -> [TaskMetric] {
    switch kind {
    case .classification:
      [
        .accuracy, .macroF1, .microF1, .weightedF1, .f1, .matthews, .auc, .calibrationError, .brier,
      ]
    case .multilabel: [.microF1, .macroF1, .sampleF1, .subsetAccuracy]
    case .similarity: [.spearman, .pearson]
    case .ranking: [.map, .mrr, .ndcg]
    case .choice: [.accuracy]
    case .tagging: [.f1, .accuracy]
    case .answers: [.f1, .exactMatch, .hasAnswerF1, .noAnswerF1]
    case .language: [.perplexity]
    }
  }

  /// What is measured where a task file names nothing.
  static func standard(of kind: TaskKind) -> [TaskMetric] {
    switch kind {
    case .classification: [.accuracy, .macroF1]
    case .multilabel: [.microF1, .macroF1, .subsetAccuracy]
    case .answers: [.f1, .exactMatch]
    default: all(of: kind)
    }
  }
}
