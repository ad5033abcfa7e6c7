import CApusKernels

/// The mean cross-entropy of targets under softmax(x·weightᵀ + bias), in nats.
///
/// The logits over the vocabulary never stand whole in memory: rows go through projection, softmax
/// and gradient a block at a time, and small models' classes too, so that each product finds what
/// the one before it made in the cache. The gradients of x, weight and bias are finished when the loss
/// is. That is why this loss returns a scalar and not rows.
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
  let (source, operand) = (x.detached, weight.detached)
  let losses = Tensor(undefined: [rowCount], .float32)
  let xGradient = isTracked && x.isTracked ? Tensor(undefined: x.shape, x.type) : nil
  let weightGradient: Tensor? =
    !isTracked || !weight.isTracked
    ? nil : rowCount > 0 ? Tensor(undefined: weight.shape, .float32) : .zeros(weight.shape)
  let biasGradient =
    isTracked && bias?.isTracked == true ? Tensor.zeros([classCount]) : nil

  for block in rowBlocks(rowCount, classCount: classCount) {
    var rows = source.rows(block)
    if weightGradient != nil, rows.type == .bfloat16 { rows = rows.paddedWithZeroRows }
    var shape = apus_loss_shape()
    (shape.rows, shape.columns) = (Int64(block.count), Int64(classCount))
    (shape.has_ignored, shape.ignored) = (ignoring != nil, ignoring ?? 0)
    (shape.smoothing, shape.scale) = (labelSmoothing, scale)
    let labels = targets.ints + block.lowerBound
    var known = [apus_loss_row](repeating: apus_loss_row_start(), count: block.count)
    var parts: [(classes: Range<Int>, exponentials: Tensor, bases: Tensor)] = []
    for classes in classBlocks(for: rows, classCount: classCount) {
      let part = MatrixOperand(operand.rows(classes), transposed: true)
      let partBias = bias?.detached.reshaped([classCount, 1]).rows(classes)
      let logits =
        quantized
        ? integerProduct(rows, part, bias: partBias, result: .float32)
        : product(rows, part, bias: partBias, result: .float32)
      let bases = Tensor(undefined: [block.count], .float32)
      (shape.first, shape.width) = (Int64(classes.lowerBound), Int64(classes.count))
      apus_loss_block(&shape, logits.floats, labels, &known, bases.floats)
      if isTracked { parts.append((classes, logits, bases)) }
    }
    apus_loss_rows(&shape, labels, known, losses.floats + block.lowerBound)
    // The last block is still in the cache. Each is given back when it was used.
    var dRows: Tensor?
    while let (classes, exponentials, bases) = parts.popLast() {
      let gradient =
        x.type == .float32 ? exponentials : Tensor(undefined: exponentials.shape, x.type)
      (shape.first, shape.width) = (Int64(classes.lowerBound), Int64(classes.count))
      apus_loss_block_gradient(
        &shape, exponentials.floats, bases.floats, labels, known, x.type.kernel, gradient.address)
      withExtendedLifetime((exponentials, bases)) {}
      if xGradient != nil {
        dRows = product(
          gradient, MatrixOperand(operand.rows(classes)), result: .float32,
          addingTo: dRows)
      }
      if let weightGradient {
        rowSumProduct(
          gradient, rows, into: weightGradient.rows(classes), adds: block.lowerBound > 0)
      }
      if let biasGradient {
        let sums = columnSums(gradient)
        apus_add_scaled(
          sums.floats, 1, biasGradient.floats + classes.lowerBound, Int64(classes.count))
        withExtendedLifetime(sums) {}
      }
    }
    if let xGradient, let dRows = dRows?.converted(to: x.type) {
      (xGradient.address + block.lowerBound * x.columnCount * x.type.byteCount).copyMemory(
        from: dRows.address, byteCount: dRows.count * dRows.type.byteCount)
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

/// Classes in blocks whose logits for some rows take about a megabyte: what a core's own cache holds.
///
/// That gains time in fp32 where a block of weights fits there too, as was measured; elsewhere all
/// classes are one block.
private func classBlocks(for rows: Tensor, classCount: Int) -> [Range<Int>] {
  guard rows.type == .float32, rows.columnCount <= 256 else { return [0..<classCount] }
  let width = max(512, (1 << 18) / max(1, rows.rowCount) / 64 * 64)
  return stride(from: 0, to: classCount, by: width).map { $0..<min($0 + width, classCount) }
}
