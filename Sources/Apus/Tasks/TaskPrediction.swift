import ApusFiles
import ApusModels
import ApusTraining

/// An answer in words, as it is printed.
public struct TaskPrediction: Sendable {
  private let answer: TaskAnswer
  private let text: TaskText
  private let task: TaskConfig

  public init(_ answer: TaskAnswer, to text: TaskText, of task: TaskConfig) {
    self.answer = answer
    self.text = text
    self.task = task
  }

  /// The answer on one line.
  public var summary: String {
    switch answer {
    case .label(let number, _): name(of: number)
    case .labels: given.joined(separator: ",")
    case .score(let score): "\(score)"
    case .scores(let scores): scores.map { "\($0)" }.joined(separator: " ")
    case .tags(let tags): tags.map { task.labels[$0] }.joined(separator: " ")
    case .span(let found): found.chosen(task.noAnswerThreshold)?.text ?? ""
    }
  }

  /// The answer with its confidence as an object.
  ///
  /// The answer to a question has `start` and `end`, UTF-8 bytes of the context; all three are null where
  /// there is none.
  public var json: JSONValue {
    let id: (key: String, value: JSONValue) = ("id", .string(text.id))
    switch answer {
    case .label(let number, let probabilities):
      let names = probabilities.indices.map(name)
      return .object([
        id, ("label", .string(name(of: number))),
        ("confidence", .decimal(probabilities[number])),
        (
          "probabilities",
          .object(zip(names, probabilities).map { (key: $0, value: JSONValue.decimal($1)) })
        ),
      ])
    case .labels(let probabilities):
      return .object([
        id, ("labels", .array(given.map(JSONValue.string))),
        (
          "probabilities",
          .object(
            zip(task.labels, probabilities).map { (key: $0, value: JSONValue.decimal($1)) })
        ),
      ])
    case .score(let score): return .object([id, ("score", .decimal(score))])
    case .scores(let scores):
      return .object([id, ("scores", .array(scores.map(JSONValue.decimal)))])
    case .tags(let tags):
      let words = if case .words(let words) = text.content { words } else { [String]() }
      return .object([
        id, ("words", .array(words.map(JSONValue.string))),
        ("tags", .array(tags.map { .string(task.labels[$0]) })),
      ])
    case .span(let found):
      let span = found.chosen(task.noAnswerThreshold)
      return .object([
        id, ("answer", span.map { .string($0.text) } ?? .null),
        ("start", span.map { .integer($0.range.lowerBound) } ?? .null),
        ("end", span.map { .integer($0.range.upperBound) } ?? .null),
        ("confidence", .decimal(span?.probability ?? found.nothingProbability)),
      ])
    }
  }

  private var given: [String] {
    guard case .labels(let probabilities) = answer else { return [] }
    return zip(task.labels, probabilities).filter { $1 >= task.threshold }.map(\.0)
  }

  private func name(of number: Int) -> String {
    task.labels.isEmpty ? "\(number)" : task.labels[number]
  }
}
