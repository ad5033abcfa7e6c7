import ApusFiles
import ApusModels

/// An answer in words, as it is printed.
public struct TaskPrediction: Sendable {
  private let answer: TaskAnswer
  private let task: TaskConfig
  /// What names the example, and what is right of it where that is told.
  private let head: [(key: String, value: JSONValue)]
  private let words: [String]

  public init(_ answer: TaskAnswer, to text: TaskText, of task: TaskConfig) {
    self.answer = answer
    self.task = task
    head = [("id", .string(text.id))]
    words = if case .words(let words) = text.content { words } else { [] }
  }

  /// An answer beside what is right.
  init(_ answer: TaskAnswer, to example: TaskExample, of task: TaskConfig) {
    self.answer = answer
    self.task = task
    head = [("id", .string(example.id)), ("expected", example.target.json(of: task))]
    words = []
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
    switch answer {
    case .label(let number, let probabilities):
      let names = probabilities.indices.map(name)
      return .object(
        head + [
          ("label", .string(name(of: number))),
          ("confidence", .decimal(probabilities[number])),
          (
            "probabilities",
            .object(zip(names, probabilities).map { (key: $0, value: JSONValue.decimal($1)) })
          ),
        ])
    case .labels(let probabilities):
      return .object(
        head + [
          ("labels", .array(given.map(JSONValue.string))),
          (
            "confidence",
            .decimal(probabilities.map { $0 >= task.threshold ? $0 : 1 - $0 }.min() ?? 1)
          ),
          (
            "probabilities",
            .object(
              zip(task.labels, probabilities).map { (key: $0, value: JSONValue.decimal($1)) })
          ),
        ])
    case .score(let score): return .object(head + [("score", .decimal(score))])
    case .scores(let scores):
      return .object(head + [("scores", .array(scores.map(JSONValue.decimal)))])
    case .tags(let tags):
      let words: [(key: String, value: JSONValue)] =
        words.isEmpty ? [] : [("words", .array(words.map(JSONValue.string)))]
      return .object(
        head + words + [("tags", .array(tags.map { .string(task.labels[$0]) }))])
    case .span(let found):
      let span = found.chosen(task.noAnswerThreshold)
      return .object(
        head + [
          ("answer", span.map { .string($0.text) } ?? .null),
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

  private func name(of number: Int) -> String { task.name(of: number) }
}

extension TaskConfig {
  /// The name of a class, or the number of a choice.
  fileprivate func name(of number: Int) -> String {
    labels.isEmpty ? "\(number)" : labels[number]
  }
}

extension TaskTarget {
  /// What is right in words; null for what the model does not know.
  fileprivate func json(of task: TaskConfig) -> JSONValue {
    switch self {
    case .label(let number): number.map { .string(task.name(of: $0)) } ?? .null
    case .labels(let given):
      .array(zip(task.labels, given).filter(\.1).map { .string($0.0) })
    case .score(let score): .decimal(score)
    case .relevances(let values): .array(values.map(JSONValue.decimal))
    case .tags(let tags):
      .array(tags.map { $0.map { .string(task.labels[Int($0)]) } ?? .null })
    case .spans(_, let right): .array(right.map(JSONValue.string))
    case .text: .null
    }
  }
}
