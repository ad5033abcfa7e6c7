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
  /// The best spans of all windows, and what no answer scores.
  case span(AnswerSpan?, nothing: Float)
}

/// Tokens of a window of a context that may be an answer.
public struct AnswerSpan: Sendable, Hashable {
  public var window: Int
  public var tokens: ClosedRange<Int>
  /// The sum of the scores of begin and end.
  public var score: Float
}

extension TaskModel {
  /// The answers for examples, whose targets are not looked at.
  ///
  /// - Parameters:
  ///   - examples: Whatever their number; they go through the model those of like length together.
  ///   - contexts: For answers, the tokens of each window of each example that are of the context.
  ///   - answerLength: The most tokens of an answer.
  ///   - precision: Of matrix products.
  /// - Returns: An answer for each example, in their order.
  public func answers(
    to examples: [TaskExample], contexts: [[Range<Int>]] = [], answerLength: Int = 30,
    _ precision: Mode.Precision
  ) -> [TaskAnswer] {
    LengthBatches.results(ofLengths: examples.map(\.length), tokens: 4096) { numbers in
      answers(
        to: numbers.map { examples[$0] },
        contexts: contexts.isEmpty ? [] : numbers.map { contexts[$0] }, answerLength,
        .evaluation(precision))
    }
  }

  private func answers(
    to examples: [TaskExample], contexts: [[Range<Int>]], _ answerLength: Int, _ mode: Mode
  ) -> [TaskAnswer] {
    let inputs = examples.flatMap(\.inputs)
    let counts = examples.map(\.inputs.count)
    switch config.kind {
    case .classification:
      return rows(of: outputs(inputs, mode).softmax()).map { labelled($0) }
    case .multilabel: return rows(of: outputs(inputs, mode).sigmoid()).map { .labels($0) }
    case .similarity: return outputs(inputs, mode).floatElements.map { .score($0) }
    case .ranking:
      return groups(of: outputs(inputs, mode).floatElements, counts).map { .scores($0) }
    case .choice:
      let probabilities = rows(of: outputs(inputs, mode).rows(ofGroups: counts).softmax())
      return zip(probabilities, counts).map { row, count in
        let row = Array(row.prefix(count))
        return .label(row.firstGreatest, probabilities: row)
      }
    case .tagging:
      let emissions = emissions(inputs, mode)
      return groups(of: tagging.labels(emissions), emissions.lengths).map { .tags($0) }
    case .answers:
      let spans = spans(inputs, mode)
      let windows = groups(of: rows(of: spans.values), spans.lengths)
      return zip(groups(of: windows, counts), contexts).map { windows, contexts in
        bestSpan(windows, contexts, answerLength)
      }
    case .language: return examples.map { _ in .labels([]) }
    }
  }

  /// The class of a row of probabilities; of two, the second from the threshold on.
  private func labelled(_ row: [Float]) -> TaskAnswer {
    let best =
      row.count == 2 && config.threshold != 0.5
      ? (row[1] >= config.threshold ? 1 : 0) : row.firstGreatest
    return .label(best, probabilities: row)
  }

  /// The best span within the context of any window.
  ///
  /// The least score of no answer over all windows stands for the whole (Devlin et al. 2019, §4.3).
  private func bestSpan(
    _ windows: [[[Float]]], _ contexts: [Range<Int>], _ longest: Int
  ) -> TaskAnswer {
    var best: AnswerSpan?
    var nothing = Float.infinity
    for (number, (scores, context)) in zip(windows, contexts).enumerated() {
      nothing = min(nothing, scores[0][0] + scores[0][1])
      for begin in context {
        for end in begin..<min(begin + longest, context.upperBound) {
          let score = scores[begin][0] + scores[end][1]
          if score > best?.score ?? -.infinity {
            best = AnswerSpan(window: number, tokens: begin...end, score: score)
          }
        }
      }
    }
    return .span(best, nothing: nothing)
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

extension [Float] {
  /// The place of the greatest value, the first of equal ones.
  fileprivate var firstGreatest: Int {
    indices.dropFirst().reduce(0) { self[$1] > self[$0] ? $1 : $0 }
  }
}
