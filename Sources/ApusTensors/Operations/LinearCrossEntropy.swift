import CApusKernels

/// The mean cross-entropy of targets under softmax(x·weightᵀ + bias), in nats.
///
/// The logits over the vocabulary never stand whole in memory: rows go through projection, softmax
/// and gradient a block at a time, and the gradients of x, weight and bias are finished when the
/// loss is. That is why this loss returns a scalar and not rows.
///
/// - Parameters:
///   - x: Rows, Float32 or BFloat16.
///   - weight: Float32, one row for each class.
///   - bias: Float32.
///   - targets: Class ids, Int32.
///   - ignoring: Rows with this target count for nothing.
///   - labelSmoothing: The share of the target distribution spread evenly over all classes.
///   - divisor: What the sum over rows is divided by, for parts of a larger batch; by default the
///     number of rows that count.
///   - quantized: Whether the weights are rounded as in `linear`; no gradient flows then.
/// - Returns: The scalar loss; 0 if no row counts.
/// - Shapes: x [N, C], weight [V, C], bias [V], targets [N] → [].
public func linearCrossEntropy(
  _ x: Tensor, _ weight: Tensor, _ bias: Tensor? = nil, targets: Tensor, ignoring: Int32? = nil,
  labelSmoothing: Float = 0, divisor: Float? = nil, quantized: Bool = false
) -> Tensor {
  let (rowCount, classCount) = (x.rowCount, weight.shape[0])
  requireShape(weight, [nil, x.columnCount], "linearCrossEntropy: weight")
  requireShape(targets, [rowCount], "linearCrossEntropy: targets")
  let counted = targets.withElements(as: Int32.self) { targets in
    targets.count { target in
      if target == ignoring { return false }
      precondition(
        target >= 0 && Int(target) < classCount,
        "linearCrossEntropy: expected targets in 0..<\(classCount), got \(target)")
      return true
    }
  }
  let scale = 1 / (divisor ?? Float(max(counted, 1)))
  let isTracked = isRecorded(x, weight, bias) && !quantized
  let (source, operand) = (x.detached, MatrixOperand(weight.detached, transposed: true))
  let losses = Tensor(undefined: [rowCount], .float32)
  let xGradient = isTracked && x.isTracked ? Tensor(undefined: x.shape, x.type) : nil
  var weightGradient: Tensor?
  var biasGradient: Tensor?

  for block in rowBlocks(rowCount, classCount: classCount) {
    let rows = source.rows(block)
    let logits =
      quantized
      ? integerProduct(rows, operand, bias: bias?.detached, result: .float32)
      : product(rows, operand, bias: bias?.detached, result: .float32)
    let gradient =
      !isTracked ? nil : x.type == .float32 ? logits : Tensor(undefined: logits.shape, x.type)
    var shape = apus_loss_shape(
      rows: Int64(block.count), columns: Int64(classCount), has_ignored: ignoring != nil,
      ignored: ignoring ?? 0, smoothing: labelSmoothing, scale: scale)
    apus_cross_entropy(
      &shape, logits.floats, targets.ints + block.lowerBound, losses.floats + block.lowerBound,
      x.type.kernel, gradient?.address)
    guard let gradient else { continue }
    if let xGradient {
      let part = product(gradient, MatrixOperand(weight.detached))
      (xGradient.address + block.lowerBound * x.columnCount * x.type.byteCount).copyMemory(
        from: part.address, byteCount: part.count * part.type.byteCount)
    }
    if weight.isTracked {
      weightGradient = rowSumProduct(gradient, rows, into: weightGradient)
    }
    if bias?.isTracked == true {
      var sum = biasGradient.map(Gradient.dense)
      sum.add(.dense(columnSums(gradient)))
      biasGradient = sum?.tensor
    }
  }
  let total = losses.withElements(as: Float.self) { $0.reduce(0.0) { $0 + Double($1) } }
  let gradients = [xGradient, weightGradient, biasGradient]
  return Tensor(Float(total * Double(scale))).recorded(
    "linearCrossEntropy", from: quantized ? [] : [x, weight, bias]
  ) { seed in
    let factor = seed.scalar
    return gradients.map { gradient in
      gradient.map { .dense(factor == 1 ? $0 : $0 * factor) }
    }
  }
}

/// Rows of equal blocks whose logits take at most 64 MiB.
private func rowBlocks(_ rowCount: Int, classCount: Int) -> [Range<Int>] {
  let most = max(64, (64 << 20) / (4 * classCount))
  let blockCount = (rowCount + most - 1) / most
  return (0..<blockCount).map { index in
    rowCount * index / blockCount..<rowCount * (index + 1) / blockCount
  }
}
