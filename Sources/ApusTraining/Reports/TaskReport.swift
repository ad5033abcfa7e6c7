import ApusFiles
import ApusModels

/// What a model said of the examples of one task, beside what was right.
public struct TaskReport: Sendable {
  /// The task; without a name where the model has no other.
  public let task: TaskConfig
  /// The file that the examples are from.
  public let data: String
  public let score: TaskScore
  private let predictions: [TaskPrediction]

  /// Counts the answers to examples.
  ///
  /// - Parameters:
  ///   - answers: One for each example, in their order.
  ///   - examples: With what is right.
  ///   - task: The labels by their numbers.
  ///   - data: The file that the examples are from.
  public init(
    _ answers: [TaskAnswer], to examples: [TaskExample], of task: TaskConfig, data: String
  ) {
    precondition(
      answers.count == examples.count,
      "TaskReport: expected \(examples.count) answers, got \(answers.count)")
    self.task = task
    self.data = data
    var score = TaskScore(task)
    for (answer, example) in zip(answers, examples) { score.add(answer, for: example.target) }
    self.score = score
    predictions = zip(answers, examples).map { TaskPrediction($0, to: $1, of: task) }
  }

  /// The measures that are defined, by the rows of a model card.
  public var results: [ModelCard.Result] {
    TaskMetric.all(of: task.kind).filter { $0.isDefined(for: task) }.compactMap { metric in
      let value = score.value(of: metric)
      guard value.isFinite else { return nil }
      return ModelCard.Result(
        task: task.name.isEmpty ? task.kind.rawValue : task.name, data: data,
        metric: metric.rawValue, value: value)
    }
  }

  /// Writes `predictions-NAME.jsonl`, an object an example, and of a classification
  /// `confusion-NAME.svg` and `reliability-NAME.svg`; without `-NAME` where the task has none.
  ///
  /// - Parameter directory: Where they are written, which is there.
  /// - Returns: The pictures: what they show, and their files.
  /// - Throws: `FileError` if a file can't be written.
  @discardableResult
  public func write(to directory: String) throws -> [(name: String, file: String)] {
    func file(_ kind: String, _ suffix: String) -> String {
      task.name.isEmpty ? "\(kind).\(suffix)" : "\(kind)-\(task.name).\(suffix)"
    }
    var lines = try JSONLinesFile("\(directory)/\(file("predictions", "jsonl"))")
    for prediction in predictions { try lines.append(prediction.json) }
    try lines.commit()
    guard task.kind == .classification else { return [] }
    let name = task.name.isEmpty ? "" : "\(task.name): "
    let (confusion, reliability) = (file("confusion", "svg"), file("reliability", "svg"))
    try ConfusionPicture(
      title: "\(name)classes of \(data)", labels: task.labels, score.classification
    ).write(to: "\(directory)/\(confusion)")
    try ReliabilityPicture(title: "\(name)confidence on \(data)", score.calibration)
      .write(to: "\(directory)/\(reliability)")
    return [
      ("\(name)true and predicted classes", confusion),
      ("\(name)confidence and what comes true", reliability),
    ]
  }
}

extension ModelCard {
  /// Adds what was measured, and writes its pictures and predictions beside the card.
  mutating func add(_ report: TaskReport, to directory: String) throws {
    results += report.results
    pictures += try report.write(to: directory)
  }
}

extension ModelCard.Source {
  /// Examples of a task with the counts of their labels.
  init(use: String, path: String, _ examples: [TaskExample], of task: TaskConfig) {
    var counts = Array(repeating: 0, count: task.labels.count)
    for example in examples {
      switch example.target {
      case .label(let number?) where counts.indices ~= number: counts[number] += 1
      case .labels(let given): for index in given.indices where given[index] { counts[index] += 1 }
      case .tags(let tags): for tag in tags.compactMap({ $0 }) { counts[Int(tag)] += 1 }
      default: break
      }
    }
    self.init(
      use: use, path: path, exampleCount: examples.count,
      labels: zip(task.labels, counts).map { ($0, $1) })
  }
}
