import ApusFiles
import ApusModels

extension TaskRecipe {
  /// What files of a task are read by whose own recipe is not at hand: columns of the customary names.
  public init(reading task: TaskConfig) {
    self.init(name: task.name, kind: task.kind)
    if task.isPair, task.kind != .choice { columns["pair"] = "pair" }
  }

  /// What is measured, the first of them to choose the best model by.
  var measured: [TaskMetric] {
    let named = metrics.compactMap(TaskMetric.init)
    guard named.isEmpty else { return named }
    // The share of right texts says little of rare classes.
    return imbalance == nil ? TaskMetric.standard(of: kind) : [.macroF1, .accuracy]
  }

  /// Refuses measures that mean nothing for the data's labels.
  func requireMeasures(of config: TaskConfig) throws(InputError) {
    if let metric = measured.first(where: { !$0.isDefined(for: config) }) {
      throw InputError(
        expected: "tasks.\(name).metrics that are defined for its data", found: metric.rawValue)
    }
  }

  /// The head for the data's labels over an encoder.
  func configuration(
    _ labels: TaskLabels, over network: PretrainedNetwork
  ) -> TaskConfig {
    var config = TaskConfig(name: name, kind: kind)
    (config.labels, config.scheme) = (labels.names, labels.scheme)
    config.pooling = pooling ?? (network.config.isCausal ? .last : .mean)
    config.head = head
    config.lookCount = looks
    config.dropout = Float(dropout)
    config.isPair = columns["pair"] != nil || kind == .ranking || kind == .choice
    config.hasChain = crf
    (config.stride, config.answerLength) = (stride, maximumAnswerLength)
    config.noAnswerThreshold = labels.leavesUnanswered ? 0 : nil
    return config
  }
}
