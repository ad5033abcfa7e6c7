import ApusModels

/// A measure of a task by its name in task files and reports.
public enum TaskMetric: String, Sendable, CaseIterable {
  case accuracy, matthews, auc
  case macroF1 = "macro_f1"
  case microF1 = "micro_f1"
  case weightedF1 = "weighted_f1"
  /// Of the second of two classes.
  case f1
  case calibrationError = "calibration_error"
  case pearson, spearman
  case map, mrr, ndcg
  case exactMatch = "exact_match"
  case subsetAccuracy = "subset_accuracy"
  case perplexity

  /// Whether a lower value is better.
  var isError: Bool { self == .calibrationError || self == .perplexity }

  /// Whether the measure means something for a task: the F1 of the second class needs two.
  public func isDefined(for task: TaskConfig) -> Bool {
    self != .f1 || task.kind != .classification || task.labels.count == 2
  }

  /// The measures of a kind of task; the first is what the best model is chosen by if none is named.
  public static func all(of kind: TaskKind) -> [TaskMetric] {
    switch kind {
    case .classification:
      [.accuracy, .macroF1, .microF1, .weightedF1, .f1, .matthews, .auc, .calibrationError]
    case .multilabel: [.microF1, .macroF1, .subsetAccuracy]
    case .similarity: [.spearman, .pearson]
    case .ranking: [.map, .mrr, .ndcg]
    case .choice: [.accuracy]
    case .tagging: [.f1, .accuracy]
    case .answers: [.f1, .exactMatch]
    case .language: [.perplexity]
    }
  }

  /// What is measured where a task file names nothing.
  static func standard(of kind: TaskKind) -> [TaskMetric] {
    switch kind {
    case .classification: [.accuracy, .macroF1]
    default: all(of: kind)
    }
  }
}
