import ApusModels
import ApusTensors

/// An example of a task: what the model reads, and what it is to say of it.
public struct TaskExample: Sendable {
  /// One text, pair or sentence; for ranking and choices a pair for each candidate, and for answers
  /// one for each window of the context.
  public var inputs: [TaskModel.Input]
  public var target: TaskTarget
  /// What names the example in reports: the value of its column, or its row.
  public var id: String
  /// Of a question, the text that may answer it, with a window for each input.
  public var context: AnswerContext?

  public init(_ inputs: [TaskModel.Input], _ target: TaskTarget, id: String) {
    self.inputs = inputs
    self.target = target
    self.id = id
  }

  /// The tokens or words of all inputs.
  public var length: Int { inputs.reduce(0) { $0 + $1.count } }

  /// The windows of a context, each an example of its own; any other example is one part.
  ///
  /// A model learns from windows one by one, and a long context is never in memory as a whole.
  var parts: [TaskExample] {
    guard let context else { return [self] }
    return context.windows.indices.map { index in
      var part = self
      part.inputs = [inputs[index]]
      part.context?.windows = [context.windows[index]]
      if case .spans(let spans, let right) = target {
        part.target = .spans([spans[index]], right: right)
      }
      return part
    }
  }
}

/// What a task is to say of an example.
public enum TaskTarget: Sendable, Hashable {
  /// The number of a class, or of a choice; nil for a class that the model does not know.
  case label(Int?)
  /// Whether the text has each label.
  case labels([Bool])
  case score(Float)
  /// How relevant each candidate is; 0 for not at all.
  case relevances([Float])
  /// The number of each word's tag; nil for one that the model does not know.
  case tags([Int32?])
  /// The tokens of the answer in each window, nil where it has none; and all answers that are right,
  /// none if the context has none.
  case spans([ClosedRange<Int>?], right: [String])
  /// Nothing beside the text itself.
  case text
}

/// Examples of one task that go through the model together.
public struct TaskBatch: TrainingBatch {
  /// The number of the task among those of the model.
  public let task: Int
  public let examples: [TaskExample]
  /// The places of the examples among all of the task.
  let numbers: [Int]
  /// What a language task draws its masks by.
  let key: RandomKey?

  public var tokenCount: Int { examples.reduce(0) { $0 + $1.length } }
  public var targetCounts: TargetCounts { TargetCounts(sequences: examples.count) }

  /// The inputs of all examples, one behind the other.
  public var inputs: [TaskModel.Input] { examples.flatMap(\.inputs) }
}
