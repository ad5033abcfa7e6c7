import ApusLayers
import ApusModels
import ApusTensors

/// How many targets the parts of a step have together, by which each part's sums are divided.
struct TargetCounts {
  var tokens = 0
  var sequences = 0

  init(_ batches: [PretrainingBatch]) {
    for batch in batches {
      tokens += batch.targetCount
      sequences += batch.nextLabels.count
    }
  }
}

/// The loss of a part of a step: its share of the means over the whole step.
struct PretrainingLoss {
  /// What is minimised.
  let total: Tensor
  /// The part of the predicted tokens, in nats.
  let tokens: Tensor
}

extension LanguageModel {
  /// The loss of a batch as a share of the mean over all targets of a step.
  func loss(_ batch: PretrainingBatch, _ mode: Mode, of counts: TargetCounts) -> PretrainingLoss {
    let ids = Sequences(Tensor(batch.ids), offsets: batch.offsets)
    let divisor = Float(counts.tokens)
    switch (self, batch.targets) {
    case (.gpt(let model), .next(let targets)):
      let loss = model.loss(ids, targets: Tensor(targets), mode, divisor: divisor)
      return PretrainingLoss(total: loss, tokens: loss)
    case (.bert(let model), .masked(let positions, let labels)):
      let loss = model.loss(
        BERTPretraining.Batch(
          ids: ids, segments: Tensor(batch.segmentIds),
          positions: Tensor(positions.map(Int32.init)), labels: Tensor(labels),
          nextLabels: batch.nextLabels.isEmpty ? nil : Tensor(batch.nextLabels)),
        mode, maskedDivisor: divisor, nextDivisor: Float(counts.sequences))
      return PretrainingLoss(total: loss.total, tokens: loss.masked)
    case (.gpt, .masked), (.bert, .next):
      preconditionFailure("loss: expected the batches of \(config)")
    }
  }
}
