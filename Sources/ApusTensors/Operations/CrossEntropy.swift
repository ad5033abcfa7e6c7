import CApusKernels

/// The cross-entropy of each row's target under the softmax of its logits, in nats.
///
/// - Parameters:
///   - logits: Rows, not normalised.
///   - targets: Class ids, Int32.
///   - labelSmoothing: The share of the target distribution spread evenly over all classes.
///   - classWeights: What each class's term of the sum is multiplied with; a constant.
///   - focusing: The power γ of (1 − p) that a row's loss is multiplied with, p being the probability
///     of its target: above 0, rows that are nearly right count for little (the focal loss of Lin et
///     al. 2017).
///   - ignoring: Rows with this target have loss and gradient 0.
/// - Returns: The loss of each row, unreduced, in Float32: what PyTorch gives with
///   `reduction="none"`, if it is not focused.
/// - Shapes: logits [N, V], targets [N], classWeights [V] → [N]
public func crossEntropy(
  _ logits: Tensor, targets: Tensor, labelSmoothing: Float = 0, classWeights: Tensor? = nil,
  focusing: Float = 0, ignoring: Int32? = nil
) -> Tensor {
  precondition(
    logits.rank == 2 && logits.type.isFloatingPoint && targets.type == .int32,
    "crossEntropy: expected [N, V] logits and int32 targets, got \(logits.type) \(logits.shape)")
  requireShape(targets, [logits.rowCount], "crossEntropy: targets")
  if let classWeights {
    requireShape(classWeights, [logits.columnCount], "crossEntropy: classWeights")
    precondition(
      classWeights.type == .float32 && !classWeights.isTracked,
      "crossEntropy: expected constant float32 class weights")
  }
  precondition(
    labelSmoothing >= 0 && labelSmoothing <= 1,
    "crossEntropy: expected a label smoothing of 0...1, got \(labelSmoothing)")
  precondition(
    focusing >= 0 && focusing.isFinite,
    "crossEntropy: expected a focusing of at least 0, got \(focusing)")
  targets.withElements(as: Int32.self) { targets in
    for target in targets where target != ignoring {
      precondition(
        target >= 0 && Int(target) < logits.columnCount,
        "crossEntropy: expected targets in 0..<\(logits.columnCount), got \(target)")
    }
  }
  let pass = CrossEntropyPass(
    targets: targets, classWeights: classWeights, labelSmoothing: labelSmoothing,
    focusing: focusing, ignored: ignoring)
  let saved = logits.detached
  let losses = Tensor(undefined: [logits.rowCount], .float32)
  let logSums = Tensor(undefined: [logits.rowCount], .float32)
  let (rows, columns) = (Int64(logits.rowCount), Int64(logits.columnCount))
  pass.run { kernel in
    apus_row_cross_entropy(
      kernel, saved.type.kernel, saved.address, rows, columns, losses.floats, logSums.floats)
  }
  return losses.recorded("crossEntropy", from: [logits]) { gradient in
    let input = Tensor(undefined: saved.shape, saved.type)
    pass.run { kernel in
      apus_row_cross_entropy_backward(
        kernel, saved.type.kernel, saved.address, logSums.floats, gradient.type.kernel,
        gradient.address, rows, columns, input.type.kernel, input.address)
    }
    return [.dense(input)]
  }
}

private struct CrossEntropyPass {
  let targets: Tensor
  let classWeights: Tensor?
  let labelSmoothing: Float
  let focusing: Float
  let ignored: Int32?

  func run(_ body: (UnsafePointer<apus_targets>) -> Void) {
    var kernel = apus_targets(
      targets: targets.ints, class_weights: classWeights.map { UnsafePointer($0.floats) },
      smoothing: labelSmoothing, focusing: focusing, ignored: ignored ?? 0, ignores: ignored != nil)
    body(&kernel)
  }
}
