import ApusLayers
import ApusModels
import ApusTensors

extension TaskModel {
  /// The sum of the losses of examples, in nats or squared units of the score.
  ///
  /// Classification has the cross-entropy, labels that are not exclusive the mean of that of each,
  /// similarity the squared difference, ranking and choices the cross-entropy of the softmax over the
  /// candidates (for ranking from relevances of sum 1; Cao et al. 2007), tagging the −ln P of a word's
  /// tag, answers the mean of −ln P of begin and end (Devlin et al. 2019, §4.2), language that of a
  /// token.
  ///
  /// - Parameters:
  ///   - batch: Examples whose targets the model knows.
  ///   - recipe: Smoothing, and how much teachers count.
  ///   - teaching: Probabilities that teachers give the classes of each example.
  ///   - balanced: The loss of classes of unequal size; nil for plain cross-entropy.
  ///   - hiding: How a language task hides tokens.
  ///   - mode: How the model runs.
  /// - Returns: A scalar.
  func loss(
    _ batch: TaskBatch, _ recipe: TaskRecipe, taughtBy teaching: [[Float]]?,
    balanced: ClassLoss? = nil, hiding: TokenHiding?, _ mode: Mode
  ) -> Tensor {
    guard config.kind == .language else {
      return loss(
        batch, from: said(of: batch.inputs, mode), recipe, taughtBy: teaching, balanced: balanced)
    }
    guard let key = batch.key else { preconditionFailure("TaskModel: expected a key for masks") }
    let keys = batch.examples.indices.map { key.split($0) }
    let (sum, count) = languageLoss(batch.inputs, hiding, keys, mode)
    return sum * (Float(batch.examples.count) / Float(max(1, count)))
  }

  /// The same from what the head says of the inputs, of any task but one of language.
  func loss(
    _ batch: TaskBatch, from said: HeadOutput, _ recipe: TaskRecipe,
    taughtBy teaching: [[Float]]? = nil, balanced: ClassLoss? = nil
  ) -> Tensor {
    switch config.kind {
    case .classification: return classificationLoss(said.rows, batch, recipe, teaching, balanced)
    case .multilabel:
      let target = batch.examples.flatMap(\.target.labels).map { $0 ? Float(1) : 0 }
      return binaryCrossEntropy(said.rows, target: Tensor(target, said.rows.shape)).sum()
    case .similarity:
      let target = Tensor(batch.examples.map(\.target.score), said.rows.shape)
      return meanSquaredError(said.rows, target).sum()
    case .ranking: return rankingLoss(said.rows, batch)
    case .choice:
      let scores = said.rows.rows(ofGroups: batch.examples.map(\.inputs.count))
      return crossEntropy(scores, targets: Tensor(batch.examples.map(\.target.label))).sum()
    case .tagging:
      let emissions = said.sequences
      let losses = tagging.losses(emissions, labels: Tensor(batch.examples.flatMap(\.target.tags)))
      // A sentence counts as one example whatever its length.
      let weights = emissions.lengths.map { 1 / Float(max(1, $0)) }
      return (losses * Tensor(weights)).sum()
    case .answers: return answerLoss(said.sequences, batch)
    case .language: preconditionFailure("TaskModel: expected a task that answers, got language")
    }
  }

  private func classificationLoss(
    _ outputs: Tensor, _ batch: TaskBatch, _ recipe: TaskRecipe, _ teaching: [[Float]]?,
    _ balanced: ClassLoss?
  ) -> Tensor {
    let targets = Tensor(batch.examples.map(\.target.label))
    let losses =
      balanced?(outputs, targets: targets)
      ?? crossEntropy(outputs, targets: targets, labelSmoothing: Float(recipe.labelSmoothing))
    guard let teaching else { return losses.sum() }
    let distances = distillationLoss(
      outputs, teacher: Tensor(teaching.flatMap { $0 }, outputs.shape),
      temperature: Float(recipe.temperature))
    let share = Float(recipe.teacherShare)
    return losses.sum() * (1 - share) + distances.sum() * share
  }

  private func rankingLoss(_ outputs: Tensor, _ batch: TaskBatch) -> Tensor {
    let sizes = batch.examples.map(\.inputs.count)
    let scores = outputs.rows(ofGroups: sizes)
    let width = scores.columnCount
    let target = batch.examples.flatMap { example -> [Float] in
      let relevances = example.target.relevances
      let sum = relevances.reduce(0, +)
      return relevances.map { $0 / sum } + Array(repeating: 0, count: width - relevances.count)
    }
    return -(Tensor(target, scores.shape) * scores.logSoftmax()).sum()
  }

  private func answerLoss(_ spans: Sequences, _ batch: TaskBatch) -> Tensor {
    let targets = batch.examples.flatMap(\.target.spans)
    let sides = [
      targets.map { Int32($0?.lowerBound ?? 0) }, targets.map { Int32($0?.upperBound ?? 0) },
    ]
    let losses = sides.enumerated().map { column, targets in
      let scores = spans.values.columns(column..<column + 1).reshaped([spans.elementCount])
      return crossEntropy(scores.rows(ofGroups: spans.lengths), targets: Tensor(targets)).sum()
    }
    return (losses[0] + losses[1]) / 2
  }

  /// The sum of the cross-entropies of hidden tokens, each text hiding its own by a key, and their
  /// number.
  func languageLoss(
    _ inputs: [Input], _ hiding: TokenHiding?, _ keys: [RandomKey], _ mode: Mode
  ) -> (sum: Tensor, count: Int) {
    guard let hiding else { preconditionFailure("TaskModel: expected a way to hide tokens") }
    let hidden = hiding(inputs, keys)
    guard !hidden.targets.isEmpty else { return (Tensor(0), 0) }
    let sum = languageLoss(
      hidden.inputs, positions: hidden.positions, targets: hidden.targets, mode)
    return (sum, hidden.targets.count)
  }
}

extension TaskTarget {
  fileprivate var label: Int32 {
    guard case .label(let label?) = self else {
      preconditionFailure("expected a label, got \(self)")
    }
    return Int32(label)
  }

  fileprivate var labels: [Bool] {
    guard case .labels(let labels) = self else {
      preconditionFailure("expected labels, got \(self)")
    }
    return labels
  }

  fileprivate var score: Float {
    guard case .score(let score) = self else {
      preconditionFailure("expected a score, got \(self)")
    }
    return score
  }

  fileprivate var relevances: [Float] {
    guard case .relevances(let values) = self else {
      preconditionFailure("expected relevances, got \(self)")
    }
    return values
  }

  fileprivate var tags: [Int32] {
    guard case .tags(let tags) = self else { preconditionFailure("expected tags, got \(self)") }
    return tags.map { $0 ?? 0 }
  }

  fileprivate var spans: [ClosedRange<Int>?] {
    guard case .spans(let spans, _) = self else {
      preconditionFailure("expected spans, got \(self)")
    }
    return spans
  }
}
