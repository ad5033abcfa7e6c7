import CApusKernels

/// One run of a recurrent layer, and what it keeps for the way back.
final class RecurrentPass {
  private let order: StepOrder
  private let cell: RecurrentCell
  private let size, stateSize: Int
  private let clip: Float
  private let isQuantized: Bool
  private let inputs: Tensor
  private let hidden: MatrixOperand
  private let bias, peepholes: Tensor?
  private let projection: MatrixOperand?
  /// In the order of the steps: [B, P] in the type of products, and [B, H] in Float32.
  private let initialStates, initialMemory: Tensor
  /// Whether the memory was given apart from the state.
  private let startsFromMemory: Bool
  private let isTracked: [Bool]

  // Of each element.
  private let gates, memory: Tensor
  /// A GRU's products for the new state.
  private let candidates: Tensor?
  /// What is projected.
  private let outputs: Tensor?
  private let states: Tensor

  private var type: ScalarType { inputs.type }

  init(
    _ inputs: Sequences, _ cell: RecurrentCell, _ weights: RecurrentWeights,
    from initial: RecurrentState?, isReversed: Bool, clip: Float, quantized: Bool
  ) {
    let count = inputs.elementCount
    size = inputs.values.columnCount / cell.sumCount
    stateSize = weights.projection?.shape.first ?? size
    precondition(
      size * cell.sumCount == inputs.values.columnCount && size > 0,
      "recurrence: expected \(cell.sumCount) sums a unit, got \(inputs.values.shape)")
    precondition(
      cell == .lstm
        || (weights.peepholes == nil && weights.projection == nil && clip == .infinity),
      "recurrence: expected peepholes, projections and limits with an LSTM alone, got \(cell)")
    precondition(clip > 0, "recurrence: expected a positive limit of the memory, got \(clip)")
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
    isTracked = [
      inputs.values.isTracked, weights.hidden.isTracked, weights.bias?.isTracked ?? false,
      weights.peepholes?.isTracked ?? false, weights.projection?.isTracked ?? false,
      initial?.hidden.isTracked ?? false, initial?.memory?.isTracked ?? false,
    ]
    gates = Tensor(undefined: inputs.values.shape, type)
    self.memory = Tensor(undefined: [count, size], .float32)
    candidates = cell == .gru ? Tensor(undefined: [count, size], .float32) : nil
    outputs = projection == nil ? nil : Tensor(undefined: [count, size], type)
    states = Tensor(undefined: [count, stateSize], type)
  }

  /// The state after each element, the last states and the last memory.
  func forward() -> [Tensor] {
    // The running sequences' states, in the order of the steps.
    let running = Tensor(undefined: initialStates.shape, type)
    running.address.copyMemory(
      from: initialStates.address, byteCount: initialStates.count * type.byteCount)
    let unprojected = projection.map { _ in Tensor(undefined: [order.sequences.count, size], type) }
    for step in 0..<order.stepCount {
      let count = order.count(step)
      let products = multiplied(running.rows(0..<count), hidden, bias: bias, result: .float32)
      withStep(step) { call in
        apus_step_forward(
          &call, inputs.address, products.floats, gates.address, memory.floats, candidates?.floats,
          (outputs ?? states).address, (unprojected ?? running).address)
      }
      if let projection, let unprojected {
        let projected = multiplied(unprojected.rows(0..<count), projection, result: type)
        running.address.copyMemory(
          from: projected.address, byteCount: projected.count * type.byteCount)
        scatter(projected, step, into: states)
      }
      withExtendedLifetime(products) {}
    }
    let lastMemory = order.unsorted(order.lasts(memory, initial: initialMemory))
    return [states, order.unsorted(running), lastMemory]
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
    // A GRU's products of states have gradients of their own.
    let dHidden = cell == .gru ? Tensor(undefined: inputs.shape, type) : nil
    let dSums = Tensor(undefined: [batch, sums], type)
    let projectionBack = projection.map { ProjectionBack($0, of: states, batch: batch) }
    var products: Tensor?
    for step in (0..<order.stepCount).reversed() {
      let count = order.count(step)
      withStep(step) { call in
        if let projectionBack {
          let dUnprojected = projectionBack.gradient(
            &call, dOutput: dOutput, products: products, dStates: dStates)
          apus_step_backward(
            &call, gates.address, memory.floats, nil, APUS_FLOAT32, nil, Int64(count),
            dUnprojected.floats, projectionBack.nothing.floats, dCarried?.floats, dInputs.address,
            nil, dSums.address)
          withExtendedLifetime(dUnprojected) {}
        } else {
          apus_step_backward(
            &call, gates.address, memory.floats, candidates?.floats,
            dOutput?.type.kernel ?? APUS_FLOAT32, dOutput?.address, Int64(products?.rowCount ?? 0),
            products?.floats, dStates.floats, dCarried?.floats, dInputs.address, dHidden?.address,
            dSums.address)
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
    let dProducts = dHidden ?? dInputs
    var results = [Gradient?](repeating: nil, count: 7)
    if isTracked[0] { results[0] = .dense(dInputs) }
    if isTracked[1] {
      results[1] = .dense(rowSumProduct(dProducts, order.before(states, initial: initialStates)))
    }
    if isTracked[2] { results[2] = .dense(columnSums(dProducts)) }
    if isTracked[3] { results[3] = .dense(peepholeGradient(dInputs)) }
    if isTracked[4], let projectionBack, let outputs {
      results[4] = .dense(rowSumProduct(projectionBack.dElements, outputs))
    }
    if isTracked[5] { results[5] = .dense(order.unsorted(dStates)) }
    if isTracked[6] { results[6] = .dense(order.unsorted(dMemory)) }
    return results
  }

  /// The gradient of peepholes: sums of what the gates' sums get, times the memory they saw.
  private func peepholeGradient(_ dInputs: Tensor) -> Tensor {
    let before = order.before(memory, initial: initialMemory)
    let seen = [(0, before), (1, before), (3, memory)].map { gate, memory in
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

/// The way back through the projection of an LSTM's outputs to its states.
private struct ProjectionBack {
  let weight: MatrixOperand
  /// The gradients of the states, of each element and of each running sequence.
  let dElements, dSequences: Tensor
  /// What later steps give the outputs directly.
  let nothing: Tensor

  init(_ projection: MatrixOperand, of states: Tensor, batch: Int) {
    weight = MatrixOperand(projection.tensor)
    dElements = Tensor(undefined: states.shape, states.type)
    dSequences = Tensor(undefined: [batch, states.columnCount], states.type)
    nothing = .zeros([batch, projection.rows])
  }

  /// The gradient of what is projected in a step.
  func gradient(
    _ step: inout apus_step, dOutput: Tensor?, products: Tensor?, dStates: Tensor
  ) -> Tensor {
    apus_step_gather(
      &step, Int64(dSequences.columnCount), dOutput?.type.kernel ?? APUS_FLOAT32,
      dOutput?.address, Int64(products?.rowCount ?? 0), products?.floats, dStates.floats,
      dElements.address, dSequences.address)
    withExtendedLifetime((dOutput, products)) {}
    return product(dSequences.rows(0..<Int(step.count)), weight, result: .float32)
  }
}
