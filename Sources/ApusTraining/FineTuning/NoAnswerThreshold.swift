import ApusLayers
import ApusModels

extension TaskModel {
  /// How far no answer has to be ahead of the best span for there to be none, so that a measure is
  /// highest on some questions.
  ///
  /// Between two leads it makes no difference where the threshold is: it is 0 if that is between them,
  /// and in their middle otherwise. Of equally good ones it is the nearest to 0.
  ///
  /// - Parameters:
  ///   - examples: Questions with what is right.
  ///   - metric: `exactMatch`, or any other for F1.
  ///   - precision: Of matrix products.
  /// - Returns: The threshold; 0 for no examples.
  /// - Source: SQuAD's evaluation script, version 2.0, which tries each lead.
  func noAnswerThreshold(
    on examples: [TaskExample], metric: TaskMetric, _ precision: Mode.Precision
  ) -> Float {
    let found = zip(answers(to: examples, precision), examples).compactMap { answer, example in
      if case .span(let answer) = answer, case .spans(_, let right) = example.target {
        (answer, right)
      } else {
        (SpanAnswer, [String])?.none
      }
    }
    return bestNoAnswerThreshold(found, metric)
  }
}

/// The threshold for answers of which is known what is right.
func bestNoAnswerThreshold(
  _ answers: [(found: SpanAnswer, right: [String])], _ metric: TaskMetric
) -> Float {
  func quality(_ answer: String, _ right: [String]) -> Double {
    var score = SpanScore()
    score.add(answer, answers: right)
    return metric == .exactMatch ? score.exactMatch : score.f1
  }
  // What the span of a question gains over saying that there is none.
  let gains = answers.compactMap { found, right in
    found.best.map {
      (lead: found.nothingLead, gain: quality($0.text, right) - quality("", right))
    }
  }.sorted { $0.lead < $1.lead }
  guard let first = gains.first, let last = gains.last else { return 0 }

  var best = (sum: 0.0, threshold: first.lead > 0 ? 0 : first.lead - 1)
  var sum = 0.0
  for (index, item) in gains.enumerated() {
    sum += item.gain
    let next = index + 1 < gains.count ? gains[index + 1].lead : Float.infinity
    guard next > item.lead else { continue }
    // A question gets its span up to the threshold: it may be from this lead to before the next.
    let middle = item.lead + (next - item.lead) / 2
    let threshold =
      item.lead <= 0 && next > 0
      ? 0 : item.lead == last.lead || middle >= next ? item.lead : middle
    if sum > best.sum || sum == best.sum && abs(threshold) < abs(best.threshold) {
      best = (sum, threshold)
    }
  }
  return best.threshold
}
