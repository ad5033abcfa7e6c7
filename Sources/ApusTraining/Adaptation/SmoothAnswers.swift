import ApusTensors

/// What a model says of a part of a step, to be compared with what it says of the same once its word
/// vectors have changed.
public struct SmoothAnswers {
  /// What a row of values means.
  public enum Form: Sendable {
    /// The logits of one choice among several.
    case choice
    /// The logits of answers that do not exclude each other.
    case independent
    /// Numbers.
    case numbers
  }

  let values: Tensor
  private let form: Form
  private let shares: Tensor

  /// - Parameters:
  ///   - values: What the model says, [N, C].
  ///   - form: What it means.
  ///   - shares: How much each row counts, [N].
  init(_ values: Tensor, _ form: Form, shares: [Float]) {
    precondition(
      shares.count == values.rowCount,
      "SmoothAnswers: expected \(values.rowCount) shares, got \(shares.count)")
    self.values = values
    self.form = form
    self.shares = Tensor(shares)
  }

  /// How far other answers to the same are from these.
  ///
  /// Choices differ by the symmetric Kullback–Leibler divergence, independent answers by the mean of
  /// theirs, numbers by the mean square.
  ///
  /// - Parameters:
  ///   - other: The other answers.
  ///   - isLearning: Whether gradients flow to these answers, too.
  /// - Returns: The weighed sum over the rows, a scalar.
  /// - Source: Jiang et al. 2020, §3.1.
  func distance(to other: SmoothAnswers, isLearning: Bool) -> Tensor {
    let values = isLearning ? values : values.detached
    let distances =
      switch form {
      case .choice: symmetricDivergence(values, other.values)
      case .independent:
        // The logarithms of the odds tell both divergences of a yes or no.
        ((values.sigmoid() - other.values.sigmoid()) * (values - other.values)).mean(axis: -1)
      case .numbers: meanSquaredError(values, other.values)
      }
    return (distances * shares).sum()
  }
}

/// The sum of the Kullback–Leibler divergences in both directions, of the softmaxes of rows, in nats.
///
/// - Shapes: [N, V] each → [N]
private func symmetricDivergence(_ first: Tensor, _ second: Tensor) -> Tensor {
  let (p, q) = (first.logSoftmax(), second.logSoftmax())
  return ((p.exp() - q.exp()) * (p - q)).sum(axis: -1)
}
