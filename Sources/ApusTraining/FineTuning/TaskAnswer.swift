import ApusLayers
import ApusModels
import ApusTensors

/// What a model says of an example.
public enum TaskAnswer: Sendable, Hashable {
  /// The number of the class or choice, and the probability of each.
  case label(Int, probabilities: [Float])
  /// The probability of each label.
  case labels([Float])
  case score(Float)
  /// The score of each candidate; higher is better.
  case scores([Float])
  /// The number of each word's tag.
  case tags([Int])
  /// The part of the context that answers best, and how well none does.
  case span(SpanAnswer)
}

extension TaskModel {
  /// The answers for examples, whose targets are not looked at.
  ///
  /// - Parameters:
  ///   - examples: Whatever their number; they go through the model those of like length together.
  ///   - precision: Of matrix products.
  /// - Returns: An answer for each example, in their order.
  public func answers(
    to examples: [TaskExample], _ precision: Mode.Precision
  ) -> [TaskAnswer] {
    guard config.kind != .language else { return examples.map { _ in .labels([]) } }
    let parts = examples.map(\.parts)
    let all = parts.flatMap { $0 }
    let answers = LengthBatches.results(ofLengths: all.map(\.length), tokens: 4096) { numbers in
      let batch = numbers.map { all[$0] }
      return self.answers(
        to: batch, from: said(of: batch.flatMap(\.inputs), .evaluation(precision)))
    }
    return self.answers(ofParts: answers, parts.map(\.count))
  }

  /// The answers to examples from those to their parts, so many each.
  func answers(ofParts answers: [TaskAnswer], _ counts: [Int]) -> [TaskAnswer] {
    groups(of: answers, counts).map(TaskAnswer.init(ofParts:))
  }

  /// The answers to examples that go through the model together, from what the head says of their
  /// inputs.
  func answers(to examples: [TaskExample], from said: HeadOutput) -> [TaskAnswer] {
    let counts = examples.map(\.inputs.count)
    switch config.kind {
    case .classification: return rows(of: said.rows.softmax()).map { labelled($0) }
    case .multilabel: return rows(of: said.rows.sigmoid()).map { .labels($0) }
    case .similarity: return said.rows.floatElements.map { .score($0) }
    case .ranking: return groups(of: said.rows.floatElements, counts).map { .scores($0) }
    case .choice:
      let probabilities = rows(of: said.rows.rows(ofGroups: counts).softmax())
      return zip(probabilities, counts).map { row, count in
        let row = Array(row.prefix(count))
        return .label(row.firstGreatest, probabilities: row)
      }
    case .tagging:
      let emissions = said.sequences
      return groups(of: tagging.labels(emissions), emissions.lengths).map { .tags($0) }
    case .answers:
      let spans = said.sequences
      let windows = groups(of: rows(of: spans.values), spans.lengths)
      return zip(windows, examples).map { scores, example in
        guard let context = example.context else {
          preconditionFailure("TaskModel: expected a question about a context")
        }
        return .span(
          SpanAnswer(
            begins: scores.map { $0[0] }, ends: scores.map { $0[1] }, in: context.windows[0],
            of: context.text, longest: config.answerLength))
      }
    case .language: preconditionFailure("TaskModel: expected a task that answers, got language")
    }
  }

  /// The class of a row of probabilities.
  private func labelled(_ row: [Float]) -> TaskAnswer {
    .label(config.decision(row), probabilities: row)
  }

  private func rows(of tensor: Tensor) -> [[Float]] {
    let size = tensor.columnCount
    return groups(of: tensor.floatElements, Array(repeating: size, count: tensor.rowCount))
  }

  private func groups<Element>(of elements: [Element], _ counts: [Int]) -> [[Element]] {
    var start = 0
    return counts.map { count in
      defer { start += count }
      return Array(elements[start..<start + count])
    }
  }
}

extension TaskAnswer {
  /// The answer to an example from those to its parts.
  fileprivate init(ofParts parts: [TaskAnswer]) {
    let spans = parts.compactMap { part in
      if case .span(let span) = part { span } else { SpanAnswer?.none }
    }
    self = spans.isEmpty ? parts[0] : .span(SpanAnswer(ofWindows: spans))
  }
}
