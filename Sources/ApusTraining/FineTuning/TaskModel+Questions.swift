import ApusModels
import ApusText

extension TaskModel {
  /// A question with the windows of its context, and the tokens that answer it in each.
  ///
  /// - Throws: `InputError` for a question that fills the windows.
  func example(
    _ text: TaskText, asking question: String, about context: String
  ) throws -> TaskExample {
    guard let reader else {
      preconditionFailure("TaskModel: expected an encoder of tokens for \(config.name)")
    }
    guard let context = reader.context(context, of: question, stride: config.stride) else {
      throw text.failure(
        "a question that leaves room for its context in \(reader.maximumLength) tokens",
        found: "\"\(question.prefix(60))\"")
    }
    var target = TaskTarget.text
    if case .answers(let answers) = text.target {
      target = .spans(
        context.windows.map { window in
          answers.lazy.compactMap { window.tokens(of: $0.range) }.first
        },
        right: answers.map(\.text))
    }
    var example = TaskExample(context.windows.map { Input([$0.passage]) }, target, id: text.id)
    example.context = context
    return example
  }

  /// Examples to learn from, those of windows without what only answers need.
  ///
  /// - Throws: `InputError` naming the row of what can't be used.
  func trainingExamples(_ texts: [TaskText]) throws -> [TaskExample] {
    guard config.kind == .answers else { return try examples(texts) }
    return try texts.flatMap { text in
      try examples([text])[0].parts.map { part in
        var part = part
        part.context = nil
        return part
      }
    }
  }
}
