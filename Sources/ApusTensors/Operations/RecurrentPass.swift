import CApusKernels

/// One run of a recurrent layer, and what it keeps for the way back.
final class RecurrentPass {
  private let order: StepOrder
  private let cell: RecurrentCell
  private let size, stateSize: Int
  private let clip: Float
  /// A value of the states' type.
  private let stateClip: Float
  private let isQuantized: Bool
  private let inputs: Tensor
  private let hidden: MatrixOperand
  private let bias, peepholes: Tensor?
  private let projection: MatrixOperand?
  private let productNorm, memoryNorm: RowNorm?
  private let keptStates, keptMemory: KeptShare
  /// In the order of the steps: [B, P] in the type of products, and [B, H] in Float32.
  private let initialStates, initialMemory: Tensor
  /// Whether the memory was given apart from the state.
  private let startsFromMemory: Bool
  private let isTracked: [Bool]

  // Of each element.
  private let gates, memory: Tensor
  /// A GRU's products for the new state, or what an LSTM's memory would be if nothing of it stayed.
  private let candidates: Tensor?
  /// What is projected.
  private let outputs: Tensor?
  private let states: Tensor

  private var type: ScalarType { inputs.type }

  init(
    _ inputs: Sequences, _ cell: RecurrentCell, _ weights: RecurrentWeights,
    from initial: RecurrentState?, isReversed: Bool, clip: Float, stateClip: Float,
    zoneout: RecurrentZoneout,
    quantized: Bool
  ) {
    let count = inputs.elementCount
    size = inputs.values.columnCount / cell.sumCount
    stateSize = weights.projection?.shape.first ?? size
    precondition(
      size * cell.sumCount == inputs.values.columnCount && size > 0,
      "recurrence: expected \(cell.sumCount) sums a unit, got \(inputs.values.shape)")
    precondition(
      cell == .lstm
        || (weights.peepholes == nil && weights.projection == nil && clip == .infinity
          && zoneout.memory == nil && weights.norms?.memoryGain == nil),
      """
      recurrence: expected peepholes, projections, limits and what else concerns a memory with an \
      LSTM alone, got \(cell)
      """)
    precondition(
      clip > 0 && stateClip > 0,
      "recurrence: expected positive limits, got \(clip) and \(stateClip)")
    precondition(
      stateClip == .infinity || (weights.projection != nil && zoneout.states == nil),
      "recurrence: expected a limit of states with a projection and without zoneout alone")
    requireShape(weights.hidden, [size * cell.sumCount, stateSize], "recurrence: hidden weights")
    if let bias = weights.bias {
      requireShape(bias, [size * cell.sumCount], "recurrence: bias")
    }
    if let peepholes = weights.peepholes {
      requireShape(peepholes, [3, size], "recurrence: peepholes")
    }
    if let projection = weights.projection {
      requireShape(projection, [nil, size], "recurrence: projection")
    }
    order = StepOrder(offsets: inputs.offsets, isReversed: isReversed)
    self.cell = cell
    self.clip = clip
    self.stateClip =
      Tensor(stateClip).converted(to: inputs.values.type)
      .converted(to: .float32).scalar
    isQuantized = quantized
    self.inputs = inputs.values.detached
    hidden = MatrixOperand(weights.hidden.detached, transposed: true)
    bias = weights.bias?.detached
    peepholes = weights.peepholes?.detached
    projection = weights.projection.map { MatrixOperand($0.detached, transposed: true) }
    let type = inputs.values.type
    let start = initial?.hidden.detached ?? .zeros([inputs.count, stateSize], type)
    requireShape(start, [inputs.count, stateSize], "recurrence: initial state")
    initialStates = order.sorted(start.converted(to: type))
    startsFromMemory = initial?.memory != nil
    let memory =
      initial?.memory?.detached
      ?? (cell == .lstm ? .zeros([inputs.count, size]) : start.converted(to: .float32))
    requireShape(memory, [inputs.count, size], "recurrence: initial memory")
    initialMemory = order.sorted(memory.converted(to: .float32))
    isTracked = Self.operands(inputs, weights, initial).map { $0?.isTracked ?? false }
    if let norms = weights.norms {
      requireShape(norms.hiddenGain, [size * cell.sumCount], "recurrence: gain of products")
      productNorm = RowNorm(gain: norms.hiddenGain, bias: weights.bias, elementCount: count)
    } else {
      productNorm = nil
    }
    if let gain = weights.norms?.memoryGain {
      let bias = weights.norms?.memoryBias ?? .zeros([size])
      requireShape(gain, [size], "recurrence: gain of the memory")
      requireShape(bias, [size], "recurrence: bias of the memory")
      memoryNorm = RowNorm(gain: gain, bias: bias, elementCount: count)
    } else {
      memoryNorm = nil
    }
    // With other cells than an LSTM the state is the memory.
    keptStates = KeptShare(cell == .lstm ? zoneout.states : nil, [count, stateSize])
    keptMemory = KeptShare(cell == .lstm ? zoneout.memory : zoneout.states, [count, size])
    gates = Tensor(undefined: inputs.values.shape, type)
    self.memory = Tensor(undefined: [count, size], .float32)
    let hasCandidates = cell == .gru || (cell == .lstm && keptMemory.isAny)
    candidates = hasCandidates ? Tensor(undefined: [count, size], .float32) : nil
    outputs = projection == nil ? nil : Tensor(undefined: [count, size], type)
    states = Tensor(undefined: [count, stateSize], type)
  }

  /// What gradients can be asked of, in the order of `backward`'s results.
  static func operands(
    _ inputs: Sequences, _ weights: RecurrentWeights, _ initial: RecurrentState?
  ) -> [Tensor?] {
    [
      inputs.values, weights.hidden, weights.bias, weights.peepholes, weights.projection,
      initial?.hidden, initial?.memory, weights.norms?.hiddenGain, weights.norms?.memoryGain,
      weights.norms?.memoryBias,
    ]
  }

  /// The state after each element, the last states and the last memory.
  func forward() -> [Tensor] {
    let batch = order.sequences.count
    // The running sequences' states, in the order of the steps.
    let running = Tensor(undefined: initialStates.shape, type)
    running.address.copyMemory(
      from: initialStates.address, byteCount: initialStates.count * type.byteCount)
    // What units give, where that is not the state yet.
    let fresh =
      projection != nil || keptStates.isAny ? Tensor(undefined: [batch, size], type) : nil
    for step in 0..<order.stepCount {
      let count = order.count(step)
      let products = multiplied(
        running.rows(0..<count), hidden, bias: productNorm == nil ? bias : nil, result: .float32)
      withStep(step) { call in
        if let productNorm {
          var norm = productNorm.kernel
          apus_step_norm(&call, &norm, Int64(products.columnCount), products.floats)
        }
        apus_step_forward(
          &call, inputs.address, products.floats, gates.address, memory.floats, candidates?.floats,
          (outputs ?? states).address, (fresh ?? running).address)
        guard let fresh else { return }
        let projected = projection.map {
          projectedStates(fresh.rows(0..<count), $0)
        }
        let next = projected ?? fresh
        if keptStates.isAny {
          var kept = keptStates.kernel
          apus_step_keep(&call, &kept, Int64(stateSize), next.address, running.address)
        } else {
          running.address.copyMemory(
            from: next.address, byteCount: count * stateSize * type.byteCount)
        }
        scatter(running.rows(0..<count), step, into: states)
        withExtendedLifetime(next) {}
      }
      withExtendedLifetime(products) {}
    }
    let lastMemory = order.unsorted(order.lasts(memory, initial: initialMemory))
    return [states, order.unsorted(running), lastMemory]
  }

  /// The states of a step, within their limit.
  private func projectedStates(_ outputs: Tensor, _ projection: MatrixOperand) -> Tensor {
    guard stateClip < .infinity else { return multiplied(outputs, projection, result: type) }
    let states = multiplied(outputs, projection, result: .float32)
    apus_clamp(states.floats, Int64(states.count), stateClip)
    return states.converted(to: type)
  }

  private func multiplied(
    _ x: Tensor, _ weight: MatrixOperand, bias: Tensor? = nil, result: ScalarType
  ) -> Tensor {
    isQuantized
      ? integerProduct(x, weight, bias: bias, result: result)
      : product(x, weight, bias: bias, result: result)
  }

  /// From the gradients of the results to those of the inputs, the weights and the initial state.
  func backward(_ gradients: [Tensor?]) -> [Gradient?] {
    let (batch, sums) = (order.sequences.count, size * cell.sumCount)
    let dOutput = gradients[0]
    // What goes from step to step apart from products.
    let dStates = carried(gradients[1], [batch, stateSize])
    let dMemory = carried(gradients[2], [batch, size])
    let isOwnMemory = cell != .lstm
    // A state that is its own memory has one gradient on the way; what goes past sequences without
    // elements stays apart.
    let ownCount = isOwnMemory && order.stepCount > 0 ? order.count(0) * size : 0
    apus_add_scaled(dMemory.floats, 1, dStates.floats, Int64(ownCount))
    let dCarried = isOwnMemory ? nil : dMemory
    let dInputs = Tensor(undefined: inputs.shape, type)
    // A GRU's products of states have gradients of their own, and so have products before a norm.
    let dHidden = cell == .gru ? Tensor(undefined: inputs.shape, type) : nil
    let dNormed = productNorm.map { _ in Tensor(undefined: inputs.shape, type) }
    let dMemoryNormed = memoryNorm.map { _ in Tensor(undefined: memory.shape, .float32) }
    let dSums = Tensor(undefined: [batch, sums], type)
    let outputBack =
      projection != nil || keptStates.isAny
      ? OutputBack(projection, keptStates, of: states, batch: batch, size: size) : nil
    var products: Tensor?
    for step in (0..<order.stepCount).reversed() {
      let count = order.count(step)
      withStep(step) { call in
        if let outputBack {
          let dFresh = outputBack.gradient(
            &call, dOutput: dOutput, products: products, dStates: dStates,
            within: stateClip, of: states)
          apus_step_backward(
            &call, gates.address, memory.floats, candidates?.floats, APUS_FLOAT32, nil,
            Int64(count), dFresh.floats, outputBack.nothing.floats, dCarried?.floats,
            dMemoryNormed?.floats, dInputs.address, nil, dSums.address)
          withExtendedLifetime(dFresh) {}
        } else {
          apus_step_backward(
            &call, gates.address, memory.floats, candidates?.floats,
            dOutput?.type.kernel ?? APUS_FLOAT32, dOutput?.address, Int64(products?.rowCount ?? 0),
            products?.floats, dStates.floats, dCarried?.floats, dMemoryNormed?.floats,
            dInputs.address, dHidden?.address, dSums.address)
        }
        if let productNorm, let dNormed {
          var norm = productNorm.kernel
          apus_step_norm_backward(&call, &norm, Int64(sums), dSums.address, dNormed.address)
        }
      }
      withExtendedLifetime(products) {}
      products = product(
        dSums.rows(0..<count), MatrixOperand(hidden.tensor), result: .float32)
    }
    // What is left on the way is the first memory's, and the products' is the first state's.
    dMemory.floats.update(from: dStates.floats, count: ownCount)
    dStates.floats.update(repeating: 0, count: ownCount)
    if let products {
      apus_add_scaled(products.floats, 1, dStates.floats, Int64(products.count))
    }
    if isOwnMemory && !startsFromMemory {
      apus_add_scaled(dMemory.floats, 1, dStates.floats, Int64(dStates.count))
    }
    withExtendedLifetime((dOutput, dSums, dStates, dMemory, products)) {}
    // Of products, after their norm if there is one and before it.
    let dBiased = dHidden ?? dInputs
    let dProducts = dNormed ?? dBiased
    var results = [Gradient?](repeating: nil, count: isTracked.count)
    if isTracked[0] { results[0] = .dense(dInputs) }
    if isTracked[1] {
      results[1] = .dense(rowSumProduct(dProducts, order.before(states, initial: initialStates)))
    }
    if isTracked[2] { results[2] = .dense(columnSums(dBiased)) }
    if isTracked[3] { results[3] = .dense(peepholeGradient(dInputs)) }
    if isTracked[4], let dProjected = outputBack?.dElements, let outputs {
      results[4] = .dense(rowSumProduct(dProjected, outputs))
    }
    if isTracked[5] { results[5] = .dense(order.unsorted(dStates)) }
    if isTracked[6] { results[6] = .dense(order.unsorted(dMemory)) }
    if isTracked[7], let productNorm { results[7] = .dense(productNorm.gainGradient(dBiased)) }
    if let memoryNorm, let dMemoryNormed {
      if isTracked[8] { results[8] = .dense(memoryNorm.gainGradient(dMemoryNormed)) }
      if isTracked[9] { results[9] = .dense(columnSums(dMemoryNormed)) }
    }
    return results
  }

  /// The gradient of peepholes: sums of what the gates' sums get, times the memory they saw.
  private func peepholeGradient(_ dInputs: Tensor) -> Tensor {
    let before = order.before(memory, initial: initialMemory)
    // The output gate sees the memory before any of it stays.
    let seen = [(0, before), (1, before), (3, candidates ?? memory)].map { gate, memory in
      columnSums(
        dInputs.columns(gate * size..<(gate + 1) * size).converted(to: .float32) * memory)
    }
    return concatenated(seen).reshaped([3, size])
  }

  /// A gradient of the last states in the order of the steps, to be changed on the way.
  private func carried(_ gradient: Tensor?, _ shape: [Int]) -> Tensor {
    guard let gradient else { return .zeros(shape) }
    return order.sorted(gradient.converted(to: .float32))
  }

  private func withStep(_ step: Int, _ body: (inout apus_step) -> Void) {
    order.rows.withUnsafeBufferPointer { rows in
      var call = apus_step()
      (call.cell, call.size, call.type) = (cell.kernel, Int64(size), type.kernel)
      (call.clip, call.peepholes) = (clip, UnsafePointer(peepholes?.floats))
      call.count = Int64(order.count(step))
      call.rows = rows.baseAddress.map { $0 + order.starts[step] }
      call.previous_rows =
        step == 0 ? nil : rows.baseAddress.map { $0 + order.starts[step - 1] }
      call.initial_memory = UnsafePointer(initialMemory.floats)
      if let memoryNorm { call.memory_norm = memoryNorm.kernel }
      call.kept = keptMemory.kernel
      body(&call)
    }
  }

  /// Writes a row for each running sequence where the elements of the step are.
  private func scatter(_ x: Tensor, _ step: Int, into elements: Tensor) {
    let bytes = x.columnCount * x.type.byteCount
    for (place, row) in order.rows[order.starts[step]..<order.starts[step + 1]].enumerated() {
      (elements.address + Int(row) * bytes).copyMemory(
        from: x.address + place * bytes, byteCount: bytes)
    }
    withExtendedLifetime((x, elements)) {}
  }
}

/// The way back from states to the outputs of an LSTM's units, where these are projected or where
/// part of a state stays.
private struct OutputBack {
  private let weight: MatrixOperand?
  private let kept: KeptShare
  /// The gradients of what is projected to, of each element and of each running sequence.
  let dElements: Tensor?
  private let dSequences: Tensor
  /// What later steps give the outputs directly.
  let nothing: Tensor

  init(
    _ projection: MatrixOperand?, _ kept: KeptShare, of states: Tensor, batch: Int, size: Int
  ) {
    weight = projection.map { MatrixOperand($0.tensor) }
    self.kept = kept
    dElements = projection.map { _ in Tensor(undefined: states.shape, states.type) }
    dSequences = Tensor(undefined: [batch, states.columnCount], states.type)
    nothing = .zeros([batch, size])
  }

  /// The gradient of the outputs in a step.
  func gradient(
    _ step: inout apus_step, dOutput: Tensor?, products: Tensor?, dStates: Tensor,
    within limit: Float, of states: Tensor
  ) -> Tensor {
    var kept = kept.kernel
    apus_step_gather(
      &step, &kept, Int64(dSequences.columnCount), dOutput?.type.kernel ?? APUS_FLOAT32,
      dOutput?.address, Int64(products?.rowCount ?? 0), products?.floats, dStates.floats,
      dElements?.address, dSequences.address)
    withExtendedLifetime((dOutput, products)) {}
    if limit < .infinity, let dElements {
      apus_step_limit(
        &step, Int64(dSequences.columnCount), limit, states.address, dElements.address,
        dSequences.address)
    }
    let running = dSequences.rows(0..<Int(step.count))
    return weight.map { product(running, $0, result: .float32) }
      ?? running.converted(to: .float32)
  }
}

/// A layer norm of rows that come step by step, and what it keeps for the way back.
private struct RowNorm {
  private let gain: Tensor
  private let bias: Tensor?
  /// Each row with mean 0 and variance 1, and what it was scaled with.
  private let normed, scales: Tensor

  init(gain: Tensor, bias: Tensor?, elementCount: Int) {
    self.gain = gain.detached
    self.bias = bias?.detached
    normed = Tensor(undefined: [elementCount, gain.count], .float32)
    scales = Tensor(undefined: [elementCount], .float32)
  }

  /// Valid as long as this is.
  var kernel: apus_row_norm {
    apus_row_norm(
      gain: UnsafePointer(gain.floats), bias: UnsafePointer(bias?.floats), normed: normed.floats,
      scales: scales.floats)
  }

  /// From the gradients of normed rows to that of the gain.
  func gainGradient(_ dRows: Tensor) -> Tensor {
    columnSums(dRows.converted(to: .float32) * normed)
  }
}

/// What of values stays as it was in the step before: elements of a mask, or a share of each.
private struct KeptShare {
  /// 0 where a value stays.
  private let mask: Tensor?
  private let share: Float
  let isAny: Bool

  init(_ zoneout: Zoneout?, _ shape: [Int]) {
    switch zoneout {
    case nil: (mask, share) = (nil, 0)
    case .drawn(let dropped): (mask, share) = (dropout(.filled(1, shape), dropped), 0)
    case .expected(let rate): (mask, share) = (nil, rate)
    }
    isAny = mask != nil || share > 0
  }

  /// Valid as long as this is.
  var kernel: apus_keep { apus_keep(mask: UnsafePointer(mask?.floats), share: share) }
}
