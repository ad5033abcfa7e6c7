import ApusLayers
import ApusModels
import ApusTensors

extension LanguageModel {
  /// The loss of a batch as a share of the mean over all targets of a step.
  func loss(_ batch: PretrainingBatch, _ mode: Mode, of counts: TargetCounts) -> TaskLoss {
    let ids = Sequences(Tensor(batch.ids), offsets: batch.offsets)
    let divisor = Float(counts.tokens)
    switch (self, batch.targets) {
    case (.gpt(let model), .next(let targets)):
      let loss = model.loss(ids, targets: Tensor(targets), mode, divisor: divisor)
      return TaskLoss(total: loss)
    case (.bert(let model), .masked(let positions, let labels)):
      let loss = model.loss(
        BERTPretraining.Batch(
          ids: ids, segments: Tensor(batch.segmentIds),
          positions: Tensor(positions.map(Int32.init)), labels: Tensor(labels),
          nextLabels: batch.nextLabels.isEmpty ? nil : Tensor(batch.nextLabels)),
        mode, maskedDivisor: divisor, nextDivisor: Float(counts.sequences))
      return TaskLoss(total: loss.total, tokens: loss.masked)
    case (.gpt, .masked), (.bert, .next), (.recurrent, _), (.window, _):
      preconditionFailure("loss: expected the batches of \(config)")
    }
  }
}
