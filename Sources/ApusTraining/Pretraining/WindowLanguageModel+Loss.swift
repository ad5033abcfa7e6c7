import ApusLayers
import ApusModels
import ApusTensors

extension WindowLanguageModel {
  /// The loss of a batch as a share of the mean over all targets of a step, and the contexts that the
  /// next batch goes on from.
  func loss(
    _ batch: PretrainingBatch, from context: Context?, _ mode: Mode, of counts: TargetCounts
  ) -> (TaskLoss, last: Context) {
    guard case .next(let targets) = batch.targets else {
      preconditionFailure("loss: expected batches for a causal model")
    }
    let (features, last) = self(
      Sequences(Tensor(batch.ids), offsets: batch.offsets), from: context, mode)
    let total = loss(
      features.values, targets: Tensor(targets), mode, divisor: Float(counts.tokens))
    return (TaskLoss(total: total), last)
  }
}

extension WindowLanguageModel.Context {
  /// The ids as checkpoints keep tensors: in Float32, which is exact for those of any vocabulary.
  var tensor: Tensor { Tensor(ids.map(Float.init)) }

  init(_ tensors: [Tensor]) {
    self.init(ids: tensors.flatMap { $0.floatElements.map { Int32($0) } })
  }
}
