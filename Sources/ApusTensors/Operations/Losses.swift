/// The mean squared difference of each row.
///
/// - Shapes: prediction and target [N, C] → [N]; of vectors [N], each element is a row.
public func meanSquaredError(_ prediction: Tensor, _ target: Tensor) -> Tensor {
  requireShape(target, prediction.shape, "meanSquaredError: target")
  return rowMeans((prediction - target).square())
}

/// The Kullback–Leibler divergence from each row's softmax to a target distribution, in nats.
///
/// - Parameters:
///   - logits: Rows, not normalised.
///   - target: Probabilities; 0·ln 0 counts as 0.
/// - Returns: Σ target · (ln target − ln softmax(logits)) of each row.
/// - Shapes: logits and target [N, V] → [N]
public func klDivergence(_ logits: Tensor, target: Tensor) -> Tensor {
  requireShape(target, logits.shape, "klDivergence: target")
  // The smallest normal number stands for 0, whose logarithm would be infinite.
  let logTarget = target.clamped(to: .leastNormalMagnitude...(.infinity)).log()
  return (target * (logTarget - logits.logSoftmax())).sum(axis: -1)
}

/// How far a student is from what its teacher thinks of each row, in nats.
///
/// Both distributions are softened: at temperature T, a teacher's probabilities p count as p^(1/T), brought
/// back to a sum of 1, which for the softmax of logits is that of the logits over T.
///
/// - Parameters:
///   - logits: The student's, not normalised.
///   - teacher: The teacher's probabilities at temperature 1; a constant.
///   - temperature: Above 0.
/// - Returns: T² times the Kullback–Leibler divergence from the softened student to the softened teacher, so
///   that gradients have the same size at every temperature.
/// - Shapes: logits and teacher [N, V] → [N]
/// - Source: Hinton et al. 2015, §2.
public func distillationLoss(_ logits: Tensor, teacher: Tensor, temperature: Float) -> Tensor {
  precondition(
    temperature > 0, "distillationLoss: expected a temperature above 0, got \(temperature)")
  // The smallest normal number stands for 0, whose logarithm would be infinite.
  let logTeacher = teacher.detached.clamped(to: .leastNormalMagnitude...(.infinity)).log()
  let softened = (logTeacher / temperature).softmax()
  return klDivergence(logits / temperature, target: softened) * (temperature * temperature)
}

/// The cross-entropy of independent yes-or-no answers, in nats.
///
/// - Parameters:
///   - logits: The logarithms of the odds for yes.
///   - target: Probabilities of yes.
///   - positiveWeight: What the term of yes is multiplied with: a scalar or one a column.
/// - Returns: The mean over each row.
/// - Shapes: logits and target [N, C], positiveWeight [] or [C] → [N]; of vectors [N], each
///   element is a row.
public func binaryCrossEntropy(
  _ logits: Tensor, target: Tensor, positiveWeight: Tensor? = nil
) -> Tensor {
  requireShape(target, logits.shape, "binaryCrossEntropy: target")
  // Both terms are positive, so that nothing cancels: −ln sigmoid(x) = softplus(−x).
  let yes = positiveWeight.map { target * $0 } ?? target
  return rowMeans(yes * (-logits).softplus() + (1 - target) * logits.softplus())
}

private func rowMeans(_ x: Tensor) -> Tensor {
  x.rank < 2 ? x.converted(to: .float32) : x.mean(axis: -1)
}
