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
    guard config.kind != .language else {
      for example in examples { score.add(.labels([]), for: example.target) }
      score.loss = languageLoss(on: examples, hiding, precision)
      return score
    }
    let partsOfEach = examples.map(\.parts)
    let parts = partsOfEach.flatMap { $0 }
    let results = LengthBatches.results(ofLengths: parts.map(\.length), tokens: 4096) { numbers in
      let batch = numbers.map { parts[$0] }
      let said = self.said(of: batch.flatMap(\.inputs), .evaluation(precision))
      let mean = meanLoss(of: batch, from: said, recipe)
      return zip(answers(to: batch, from: said), batch).map { answer, part in
        (answer: answer, loss: part.target.isAnswered ? mean : 0)
      }
    }
    let found = answers(ofParts: results.map { $0.answer }, partsOfEach.map(\.count))
    for (answer, example) in zip(found, examples) { score.add(answer, for: example.target) }
    let count = parts.count { $0.target.isAnswered }
    score.loss = results.reduce(0) { $0 + $1.loss } / Double(max(1, count))
    return score
  }

  /// The mean loss of examples that went through the model together; of those without anything right
  /// none is defined.
  private func meanLoss(
    of examples: [TaskExample], from said: HeadOutput, _ recipe: TaskRecipe
  ) -> Double {
    let known = examples.indices.filter { examples[$0].target.isAnswered }
    guard !known.isEmpty else { return 0 }
    let starts = examples.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.inputs.count) }
    let batch = TaskBatch(
      task: 0, examples: known.map { examples[$0] }, numbers: known, key: nil)
    let isWhole = known.count == examples.count
    let part = isWhole ? said : said.part(known.flatMap { Array(starts[$0]..<starts[$0 + 1]) })
    return Double(loss(batch, from: part, recipe).scalar) / Double(known.count)
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
