import ApusLayers
import ApusModels
import ApusTensors

extension TaskModel {
  /// How well the model does on the examples of a file.
  ///
  /// - Throws: `FileError`; `InputError` naming the row that can't be used, or of a label that the
  ///   model does not know.
  public func score(
    on path: String, _ recipe: TaskRecipe, _ precision: Mode.Precision
  ) throws -> TaskScore {
    try score(
      on: try examples(TaskTextReader(recipe).read(path)), recipe,
      hiding: TokenHiding(recipe, of: self), precision)
  }

  /// What the model says of the examples of a file, beside what is right.
  ///
  /// - Throws: What `score(on:_:_:)` throws.
  public func report(
    on path: String, _ recipe: TaskRecipe, _ precision: Mode.Precision
  ) throws -> TaskReport {
    let examples = try examples(TaskTextReader(recipe).read(path))
    return TaskReport(answers(to: examples, precision), to: examples, of: config, data: path)
  }

  func score(
    on examples: [TaskExample], _ recipe: TaskRecipe, hiding: TokenHiding? = nil,
    _ precision: Mode.Precision
  ) -> TaskScore {
    var score = TaskScore(config)
    for (answer, example) in zip(answers(to: examples, precision), examples) {
      score.add(answer, for: example.target)
    }
    guard config.kind != .language else {
      score.loss = languageLoss(on: examples, hiding, precision)
      return score
    }
    let parts = examples.flatMap(\.parts)
    let losses = LengthBatches.results(ofLengths: parts.map(\.length), tokens: 4096) { numbers in
      // A loss over groups without anything right is not defined.
      let known = numbers.filter { parts[$0].target.isAnswered }
      guard !known.isEmpty else { return numbers.map { _ in 0.0 } }
      let batch = TaskBatch(
        task: 0, examples: known.map { parts[$0] }, numbers: known,
        key: RandomKey(seed: 0, name: "masks").split(known[0]))
      let sum = loss(batch, recipe, taughtBy: nil, hiding: hiding, .evaluation(precision)).scalar
      let mean = Double(sum) / Double(known.count)
      return numbers.map { parts[$0].target.isAnswered ? mean : 0 }
    }
    let count = parts.count { $0.target.isAnswered }
    score.loss = losses.reduce(0, +) / Double(max(1, count))
    return score
  }

  /// The mean cross-entropy of hidden tokens, in nats; NaN where none is.
  ///
  /// Each text hides its own tokens whatever others stand beside it.
  private func languageLoss(
    on examples: [TaskExample], _ hiding: TokenHiding?, _ precision: Mode.Precision
  ) -> Double {
    let key = RandomKey(seed: 0, name: "masks")
    let losses = LengthBatches.results(ofLengths: examples.map(\.length), tokens: 4096) {
      numbers -> [(sum: Double, count: Int)] in
      let (sum, count) = languageLoss(
        numbers.flatMap { examples[$0].inputs }, hiding, numbers.map { key.split($0) },
        .evaluation(precision))
      return [(Double(sum.scalar), count)] + numbers.dropFirst().map { _ in (0, 0) }
    }
    let count = losses.reduce(0) { $0 + $1.count }
    return losses.reduce(0) { $0 + $1.sum } / Double(count)
  }
}
