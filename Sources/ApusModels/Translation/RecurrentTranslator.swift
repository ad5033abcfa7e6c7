import ApusLayers
import ApusTensors

/// A recurrent encoder and a recurrent decoder.
///
/// - Source: Sutskever et al. 2014; Cho et al. 2014; Bahdanau et al. 2015; Luong et al. 2015; with
///   copies, See et al. 2017, §2.2.
struct RecurrentTranslator: TranslationNetwork {
  struct Memory: Sendable {
    /// What attention sees; nil in forms without.
    let attended: MemoryAttention.Memory?
    /// The encoder's last state of each sequence, [B, C]; nil in forms that don't ask for it.
    let summary: Tensor?
    /// Of each layer of the decoder before the first token.
    let states: [RecurrentState]
    let count: Int
  }

  struct State: Sendable {
    let memory: Memory
    var sources: [Int]
    var layers: [RecurrentState]
    /// What attention gave the step before, where that goes into the next.
    var fed: Tensor?
    var position: Int
  }

  private let config: RecurrentTranslation
  private let encoder, decoder: RecurrentNetwork
  /// From the encoder's last states to the decoder's first, for hidden values and memory.
  private let bridges: [(hidden: Linear, memory: Linear?)]
  private let attention: MemoryAttention?
  /// From states, and what is seen beside them, to what is projected.
  private let combination: Linear?
  /// From what is seen, the state and the input to the odds of writing a token of the vocabulary.
  private let gate: Linear?

  init(_ config: RecurrentTranslation, in scope: Scope) {
    self.config = config
    let (size, embedding) = (config.hiddenSize, config.embeddingSize)
    encoder = RecurrentNetwork(
      RecurrentOptions(
        config.cell, inputSize: embedding, size: config.isBidirectional ? size / 2 : size,
        layerCount: config.encoderLayerCount, isBidirectional: config.isBidirectional,
        dropout: config.dropout), in: scope / "encoder.rnn")
    let seesMore = config.form == .context || (config.form == .attention && config.feedsInput)
    decoder = RecurrentNetwork(
      RecurrentOptions(
        config.cell, inputSize: embedding + (seesMore ? size : 0), size: size,
        layerCount: config.decoderLayerCount, dropout: config.dropout),
      in: scope / "decoder.rnn")
    bridges =
      config.startsFromEncoder
      ? (0..<config.decoderLayerCount).map { layer in
        let place = scope / "bridge" / layer
        return (
          Linear(size, size, in: place / "hidden"),
          config.cell == .lstm ? Linear(size, size, in: place / "memory") : nil
        )
      } : []
    switch config.form {
    case .state, .feedback:
      attention = nil
      combination = nil
    case .context:
      attention = nil
      combination = Linear(2 * size + embedding, size, in: scope / "decoder.combination")
    case .attention:
      attention = MemoryAttention(
        config.score, querySize: size, memorySize: size, in: scope / "decoder.attention")
      combination = Linear(2 * size, size, in: scope / "decoder.combination")
    }
    gate =
      config.copies ? Linear(2 * size + embedding, 1, in: scope / "decoder.copy_gate") : nil
  }

  var seesTarget: Bool { config.form != .state }

  var attends: Bool { attention != nil }

  func prepared(_ embedded: Tensor, positions: Tensor) -> Tensor { embedded }

  func encode(_ source: Sequences, _ mode: Mode) -> Memory {
    let (outputs, last) = encoder(source, mode)
    return Memory(
      attended: attention?.memory(outputs),
      summary: config.form == .context ? summary(last, of: config.encoderLayerCount - 1) : nil,
      states: bridges.isEmpty ? zeros(source.count, mode) : starts(last, mode),
      count: source.count)
  }

  func decode(
    _ inputs: Sequences, seeing memory: Memory, observing observes: Bool, _ mode: Mode
  ) -> DecodedInputs {
    if config.form == .attention, config.feedsInput {
      return decodeFeeding(inputs, seeing: memory, observing: observes, mode)
    }
    let (x, summary) = extended(inputs, memory)
    let (states, _) = decoder(x, from: memory.states, mode)
    return decoded(
      states, inputs: inputs.values, summary: summary, seeing: memory, observing: observes)
  }

  func start(_ memory: Memory) -> State {
    State(
      memory: memory, sources: Array(0..<memory.count), layers: memory.states, fed: nil,
      position: 0)
  }

  func position(of state: State) -> Int { state.position }

  func sources(of state: State) -> [Int] { state.sources }

  func step(
    _ inputs: Tensor, _ state: inout State, observing observes: Bool, _ mode: Mode
  ) -> DecodedInputs {
    let ones = Array(repeating: 1, count: inputs.rowCount)
    let inputs = inputs.converted(to: mode.scalarType)
    var x = inputs
    let summary = state.memory.summary?.gathered(state.sources.map(Int32.init))
    if let summary { x = concatenated([x, summary], axis: 1) }
    if config.feedsInput, config.form == .attention {
      let fed = state.fed ?? .zeros([inputs.rowCount, config.hiddenSize], mode.scalarType)
      x = concatenated([x, fed], axis: 1)
    }
    let (states, last) = decoder(Sequences(x, lengths: ones), from: state.layers, mode)
    state.layers = last
    state.position += 1
    let together = Sequences.grouping(states.values, by: state.sources)
    let result = decoded(
      together.rows, inputs: inputs, summary: summary, seeing: state.memory, of: together.groups,
      observing: observes)
    if config.feedsInput { state.fed = result.outputs }
    return result
  }

  func select(_ sequences: [Int], _ state: State) -> State {
    let rows = sequences.map(Int32.init)
    var result = state
    result.sources = sequences.map { state.sources[$0] }
    result.layers = state.layers.map {
      RecurrentState(hidden: $0.hidden.gathered(rows), memory: $0.memory?.gathered(rows))
    }
    result.fed = state.fed?.gathered(rows)
    return result
  }

  /// One step after the other, since each needs what attention gave the one before.
  ///
  /// The longest sequences come first, so that those that still run are always the first few.
  private func decodeFeeding(
    _ inputs: Sequences, seeing memory: Memory, observing observes: Bool, _ mode: Mode
  ) -> DecodedInputs {
    let order = StepwiseOrder(inputs)
    var state = start(memory)
    if !order.isSorted { state = select(order.sequences, state) }
    let x = inputs.values.gathered(order.rows).split(order.counts, axis: 0)
    let steps = x.enumerated().map { step, x in
      if x.rowCount < state.sources.count { state = first(x.rowCount, of: state) }
      return self.step(x, &state, observing: observes, mode.split(step))
    }
    var result = DecodedInputs(
      outputs: concatenated(steps.map(\.outputs)).gathered(order.places))
    let weights = steps.compactMap(\.weights)
    if let attended = memory.attended, weights.count == steps.count {
      result.weights = concatenated(weights).gathered(
        order.places(ofWeights: attended.states.lengths, inputs))
    }
    let gates = steps.compactMap(\.gates)
    if gates.count == steps.count { result.gates = concatenated(gates).gathered(order.places) }
    return result
  }

  /// The state of the first few sequences.
  private func first(_ count: Int, of state: State) -> State {
    var result = state
    result.sources = Array(state.sources.prefix(count))
    result.layers = state.layers.map {
      RecurrentState(hidden: $0.hidden.rows(0..<count), memory: $0.memory?.rows(0..<count))
    }
    result.fed = state.fed?.rows(0..<count)
    return result
  }

  /// What the decoder reads: inputs, with the encoder's last state where the form says so.
  private func extended(_ inputs: Sequences, _ memory: Memory) -> (x: Sequences, summary: Tensor?) {
    guard let summary = memory.summary else { return (inputs, nil) }
    let numbers = inputs.lengths.enumerated().flatMap { Array(repeating: Int32($0), count: $1) }
    let repeated = summary.gathered(numbers)
    let x = inputs.map { concatenated([$0.converted(to: repeated.type), repeated], axis: 1) }
    return (x, repeated)
  }

  /// What follows the decoder's states.
  private func decoded(
    _ states: Sequences, inputs: Tensor, summary: Tensor?, seeing memory: Memory,
    of sources: [Int]? = nil, observing observes: Bool
  ) -> DecodedInputs {
    guard let attention, let attended = memory.attended else {
      return DecodedInputs(
        outputs: combined([states.values] + (summary.map { [$0, inputs] } ?? [])))
    }
    guard observes || gate != nil else {
      let seen = attention(states, to: attended, of: sources)
      return DecodedInputs(outputs: combined([seen.values, states.values]))
    }
    let (seen, weights) = attention.observed(states, to: attended, of: sources)
    let gates = gate.map { gate in
      gate(concatenated([seen.values, states.values, inputs], axis: 1))
        .reshaped([inputs.rowCount]).converted(to: .float32)
    }
    return DecodedInputs(
      outputs: combined([seen.values, states.values]), weights: weights, gates: gates)
  }

  /// What is projected: states alone, or a map of them and what stands beside them.
  private func combined(_ parts: [Tensor]) -> Tensor {
    combination.map { $0(concatenated(parts, axis: 1)).tanh() } ?? parts[0]
  }

  /// The last states of both directions of a layer, side by side.
  private func summary(_ last: [RecurrentState], of layer: Int) -> Tensor {
    joined(last, layer) { $0.hidden }
  }

  private func joined(
    _ last: [RecurrentState], _ layer: Int, _ part: (RecurrentState) -> Tensor
  ) -> Tensor {
    let directions = config.isBidirectional ? 2 : 1
    let parts = last[layer * directions..<(layer + 1) * directions].map(part)
    return parts.count == 1 ? parts[0] : concatenated(parts, axis: 1)
  }

  /// The decoder's first states; layers that the encoder has not start from its last one.
  private func starts(_ last: [RecurrentState], _ mode: Mode) -> [RecurrentState] {
    bridges.enumerated().map { layer, bridge in
      let source = min(layer, config.encoderLayerCount - 1)
      let memory = bridge.memory.map { map in
        map(joined(last, source) { ($0.memory ?? $0.hidden).converted(to: mode.scalarType) }).tanh()
          .converted(to: .float32)
      }
      return RecurrentState(
        hidden: bridge.hidden(joined(last, source, \.hidden)).tanh(), memory: memory)
    }
  }

  private func zeros(_ count: Int, _ mode: Mode) -> [RecurrentState] {
    (0..<config.decoderLayerCount).map { _ in
      RecurrentState(hidden: .zeros([count, config.hiddenSize], mode.scalarType))
    }
  }
}

/// The elements of sequences in the order of steps: the first of each, then the second, longer
/// sequences before shorter ones.
private struct StepwiseOrder {
  let sequences: [Int]
  /// The element of each place.
  let rows: [Int32]
  /// The place of each element.
  let places: [Int32]
  /// The sequences that run in each step.
  let counts: [Int]

  init(_ x: Sequences) {
    let lengths = x.lengths
    let sequences = lengths.indices.sorted { (lengths[$1], $0) < (lengths[$0], $1) }
    var (rows, counts): ([Int32], [Int]) = ([], [])
    for step in 0..<(lengths.max() ?? 0) {
      let running = sequences.prefix { lengths[$0] > step }
      counts.append(running.count)
      rows += running.map { Int32(x.offsets[$0] + step) }
    }
    var places = [Int32](repeating: 0, count: rows.count)
    for (place, row) in rows.enumerated() { places[Int(row)] = Int32(place) }
    self.sequences = sequences
    self.rows = rows
    self.places = places
    self.counts = counts
  }

  /// The places of the weights of sources with these lengths, sequence by sequence.
  func places(ofWeights lengths: [Int], _ x: Sequences) -> [Int32] {
    // Where the weights of each place begin.
    var (starts, end): ([Int], Int) = ([], 0)
    for count in counts {
      for sequence in sequences.prefix(count) {
        starts.append(end)
        end += lengths[sequence]
      }
    }
    return (0..<x.count).flatMap { sequence in
      (x.offsets[sequence]..<x.offsets[sequence + 1]).flatMap { row in
        let start = starts[Int(places[row])]
        return (start..<start + lengths[sequence]).map(Int32.init)
      }
    }
  }

  var isSorted: Bool { sequences.elementsEqual(sequences.indices) }
}
