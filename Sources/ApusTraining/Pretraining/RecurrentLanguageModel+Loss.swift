import ApusLayers
import ApusModels
import ApusTensors

/// What the loss of a recurrent language model has beside the cross-entropy.
struct RecurrentPenalties {
  /// What the mean square of the last layer's outputs is multiplied by.
  var activation: Float = 0
  /// What the mean squared change of the last layer's state is multiplied by.
  var change: Float = 0
}

extension RecurrentLanguageModel {
  /// The loss of a batch as a share of the mean over all targets of a step, and the states that the
  /// next batch goes on from.
  func loss(
    _ batch: PretrainingBatch, from states: [RecurrentState]?, _ penalties: RecurrentPenalties,
    _ mode: Mode, of counts: TargetCounts
  ) -> (TaskLoss, last: [RecurrentState]) {
    guard case .next(let targets) = batch.targets else {
      preconditionFailure("loss: expected batches for a causal model")
    }
    let outputs = self(Sequences(Tensor(batch.ids), offsets: batch.offsets), from: states, mode)
    let tokens = loss(
      outputs, targets: Tensor(targets), mode, divisor: Float(counts.tokens))
    var total = tokens
    if mode.isTraining {
      let share = Float(batch.targetCount) / Float(counts.tokens)
      if penalties.activation > 0 {
        total = total + outputs.activationPenalty * (penalties.activation * share)
      }
      if penalties.change > 0, let change = outputs.changePenalty {
        total = total + change * (penalties.change * share)
      }
    }
    return (TaskLoss(total: total, tokens: tokens), outputs.states.map(\.detached))
  }
}

extension RecurrentState {
  /// The state as tensors, which checkpoints keep.
  var tensors: [Tensor] { [hidden] + (memory.map { [$0] } ?? []) }
}

extension [RecurrentState] {
  /// The states of all layers of a model from their tensors, which may have come from a checkpoint.
  init(_ tensors: [Tensor], of model: RecurrentLanguageModel, _ mode: Mode) {
    let perLayer = tensors.count / model.config.layerCount
    self = (0..<model.config.layerCount).map { layer in
      let own = Array<Tensor>(tensors[layer * perLayer..<(layer + 1) * perLayer])
      return RecurrentState(
        // Checkpoints give all values as Float32; those of a bf16 state keep their bits.
        hidden: own[0].converted(to: mode.scalarType), memory: own.count > 1 ? own[1] : nil)
    }
  }
}
