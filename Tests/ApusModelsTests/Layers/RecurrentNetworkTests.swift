import ApusLayers
import ApusTensors
import Testing

@Suite struct RecurrentNetworkTests {
  private static let options: [String: RecurrentOptions] = [
    "tanh": RecurrentOptions(.tanh, inputSize: 3, size: 4, layerCount: 2, isBidirectional: true),
    "relu": RecurrentOptions(.relu, inputSize: 3, size: 4, layerCount: 2),
    "gru": RecurrentOptions(.gru, inputSize: 3, size: 4, layerCount: 2, isBidirectional: true),
    "lstm": RecurrentOptions(.lstm, inputSize: 3, size: 4, layerCount: 2, isBidirectional: true),
    "lstm-projected": RecurrentOptions(
      .lstm, inputSize: 3, size: 4, layerCount: 2, isBidirectional: true, projectedSize: 2),
    "lstm-no-bias": RecurrentOptions(
      .lstm, inputSize: 3, size: 4, layerCount: 2, hasBias: false),
  ]
  private static let file = Result {
    try SafetensorsFile(contentsOf: Golden.directory + "recurrent.safetensors")
  }

  /// PyTorch's values and gradients, by Tests/Peers/models/make_recurrent.py.
  @Test(arguments: options.keys.sorted()) func agreesWithPyTorch(_ name: String) throws {
    let file = try Self.file.get()
    func golden(_ what: String) throws -> Tensor { try file.tensor("\(name).\(what)") }
    let options = try #require(Self.options[name])
    let (network, store) = try ParameterStore.loading(from: { parameter, _ in
      try file.tensor("\(name).\(parameter)")
    }) { RecurrentNetwork(options, in: $0) }
    let lengths = try file.tensor("lengths").elements(as: Int32.self).map(Int.init)
    let x = try golden("x").tracked
    let hidden = try golden("h0")
    let memory = options.cell == .lstm ? try golden("c0") : nil
    let states = (0..<hidden.shape[0]).map { index in
      func part(_ stacked: Tensor) -> Tensor {
        stacked.rows(index..<index + 1).reshaped(Array(stacked.shape.dropFirst()))
      }
      return RecurrentState(hidden: part(hidden), memory: memory.map(part))
    }
    let (outputs, last) = network(
      Sequences(x, lengths: lengths), from: states, .evaluation())
    expectClose(outputs.values, try golden("y"), 1e-5, "y")
    let (lastHidden, lastMemory) = (try golden("hn"), memory == nil ? nil : try golden("cn"))
    for (index, state) in last.enumerated() {
      expectClose(
        state.hidden, lastHidden.rows(index..<index + 1).reshaped(state.hidden.shape), 1e-5, "hn")
      if let memory = state.memory, let lastMemory {
        expectClose(
          memory, lastMemory.rows(index..<index + 1).reshaped(memory.shape), 1e-5, "cn")
      }
    }
    let seed = try golden("dy")
    expectClose(outputs.values.gradients(of: [x], seed: seed)[0], try golden("d.x"), 1e-5, "dx")
    let again = network(Sequences(x, lengths: lengths), from: states, .evaluation()).outputs.values
    let gradients = (again * seed).sum().gradients(of: store.parameters)
    for parameter in store.parameters {
      for (name, value) in parameter.namedValues {
        #expect(value.shape == parameter.shape)
        expectClose(try #require(gradients[parameter]), try golden("d.\(name)"), 1e-5, name)
      }
    }
  }

  private func network(_ cell: RecurrentCell, _ isBidirectional: Bool = false) -> RecurrentNetwork {
    RecurrentNetwork(
      RecurrentOptions(
        cell, inputSize: 5, size: 33, layerCount: 2, isBidirectional: isBidirectional, dropout: 0.4),
      in: ParameterStore(seed: 4).root)
  }

  @Test(arguments: RecurrentCell.allCases, [Mode.Precision.fp32, .bf16])
  func sequencesDoNotDependOnTheirBatch(_ cell: RecurrentCell, _ precision: Mode.Precision) {
    let network = network(cell, true)
    let lengths = [3, 40, 1, 0, 12]
    let x = Tensor.normal([56, 5], RandomKey(seed: 1, name: "x"))
    let together = network(Sequences(x, lengths: lengths), .evaluation(precision)).outputs
    for (start, end) in zip(together.offsets, together.offsets.dropFirst()) where start < end {
      let alone = network(
        Sequences(x.rows(start..<end), lengths: [end - start]), .evaluation(precision)
      ).outputs
      expectClose(
        alone.values, together.values.rows(start..<end), precision == .fp32 ? 1e-6 : 1e-2)
    }
  }

  @Test(arguments: RecurrentCell.allCases) func stepsEqualTheWhole(_ cell: RecurrentCell) {
    let network = network(cell)
    let x = Tensor.normal([2 * 9, 5], RandomKey(seed: 2, name: "x"))
    let whole = network(Sequences(x, lengths: [9, 9]), .evaluation())
    var states: [RecurrentState]?
    for step in 0..<9 {
      let elements = x.gathered([Int32(step), Int32(9 + step)])
      let (outputs, next) = network(
        Sequences(elements, lengths: [1, 1]), from: states, .evaluation())
      expectClose(
        outputs.values, whole.outputs.values.gathered([Int32(step), Int32(9 + step)]), 1e-6)
      states = next
    }
    for (state, expected) in zip(states ?? [], whole.states) {
      expectClose(state.hidden, expected.hidden, 1e-6)
    }
  }

  /// Two halves with the states between them have the gradients of the whole.
  @Test(arguments: RecurrentCell.allCases)
  func gradientsFlowThroughCarriedStates(_ cell: RecurrentCell) throws {
    let store = ParameterStore(seed: 4)
    let network = RecurrentNetwork(
      RecurrentOptions(cell, inputSize: 5, size: 7, layerCount: 2), in: store.root)
    let x = Tensor.normal([8, 5], RandomKey(seed: 2, name: "x"))
    let seed = Tensor.normal([8, 7], RandomKey(seed: 3, name: "seed"))
    let whole = network(Sequences(x, lengths: [8]), .evaluation()).outputs.values
    let expected = (whole * seed).sum().gradients(of: store.parameters)
    let (first, states) = network(Sequences(x.rows(0..<3), lengths: [3]), .evaluation())
    let second = network(Sequences(x.rows(3..<8), lengths: [5]), from: states, .evaluation())
    let halves = concatenated([first.values, second.outputs.values], axis: 0)
    let gradients = (halves * seed).sum().gradients(of: store.parameters)
    for parameter in store.parameters {
      expectClose(
        try #require(gradients[parameter]), try #require(expected[parameter]), 1e-5, parameter.name)
    }
  }

  @Test func passesOnPeepholesAndTheLimitOfTheMemory() throws {
    let store = ParameterStore(seed: 4)
    let network = RecurrentNetwork(
      RecurrentOptions(.lstm, inputSize: 5, size: 7, hasPeepholes: true, memoryLimit: 0.05),
      in: store.root)
    let values = Dictionary(uniqueKeysWithValues: store.namedValues.map { ($0.name, $0.value) })
    func value(_ name: String) throws -> Tensor { try #require(values[name + "_l0"]).detached }
    let x = Sequences(Tensor.normal([20, 5], RandomKey(seed: 2, name: "x")), lengths: [12, 8])
    let (outputs, states) = network(x, .evaluation())
    let (weight, bias) = (try value("weight_ih"), try value("bias_ih"))
    let weights = RecurrentWeights(
      hidden: try value("weight_hh"), bias: try value("bias_hh"), peepholes: try value("weight_ch"))
    let expected = recurrence(
      x.map { linear($0, weight, bias) }, .lstm, weights, clip: 0.05)
    expectClose(outputs.values, expected.states.values, 1e-6)
    let memory = try #require(states[0].memory).floatElements
    #expect(memory.allSatisfy { abs($0) <= 0.05 } && memory.contains { abs($0) == 0.05 })
  }

  @Test(arguments: RecurrentCell.allCases) func dropsBetweenLayersInTraining(_ cell: RecurrentCell)
  {
    let network = network(cell)
    let x = Sequences(Tensor.normal([18, 5], RandomKey(seed: 2, name: "x")), lengths: [9, 9])
    func run(_ mode: Mode) -> (outputs: [Float], first: [Float]) {
      let (outputs, states) = network(x, mode)
      return (outputs.values.floatElements, states[0].hidden.floatElements)
    }
    let results = [
      run(.evaluation()), run(.training(seed: 1, step: 0)), run(.training(seed: 1, step: 1)),
      run(.training(seed: 2, step: 0)),
    ]
    #expect(Set(results.map(\.outputs)).count == 4)
    // Nothing is dropped before the first layer.
    #expect(Set(results.map(\.first)).count == 1)
    #expect(run(.training(seed: 1, step: 0)).outputs == results[1].outputs)
  }

  /// One draw of the weights from state to state holds for all steps of all sequences.
  @Test(arguments: RecurrentCell.allCases) func dropsWeightsOncePerBatch(
    _ cell: RecurrentCell
  ) throws {
    var options = RecurrentOptions(
      cell, inputSize: 5, size: 7, layerCount: 2, isBidirectional: true)
    let plain = ParameterStore(seed: 4)
    let whole = RecurrentNetwork(options, in: plain.root)
    let values = Dictionary(uniqueKeysWithValues: plain.namedValues.map { ($0.name, $0.value) })
    options.weightDropout = 0.4
    let network = RecurrentNetwork(options, in: ParameterStore(seed: 4).root)
    let mode = Mode.training(seed: 1, step: 3)
    let (masked, _) = try ParameterStore.loading(from: { name, _ in
      let value = try #require(values[name])
      guard name.hasPrefix("weight_hh"), let drawn = mode.dropped(rate: 0.4, name)
      else { return value }
      let mask = dropout(.filled(1, value.shape), drawn)
      let kept = mask.floatElements.filter { $0 != 0 }
      #expect(kept.count < mask.count && kept.allSatisfy { abs($0 - 1 / 0.6) < 1e-5 })
      return value.detached * mask
    }) { RecurrentNetwork(whole.options, in: $0) }
    let x = Sequences(Tensor.normal([18, 5], RandomKey(seed: 2, name: "x")), lengths: [11, 7])
    let found = network(x, mode).outputs.values
    expectClose(found, masked(x, .evaluation()).outputs.values, 1e-5)
    let complete = whole(x, .evaluation()).outputs.values
    #expect(found.floatElements != complete.floatElements)
    #expect(
      found.floatElements != network(x, .training(seed: 1, step: 4)).outputs.values.floatElements)
    #expect(network(x, .evaluation()).outputs.values.floatElements == complete.floatElements)
  }

  @Test(arguments: RecurrentCell.allCases) func int8IsCloseToFP32(_ cell: RecurrentCell) {
    let network = network(cell)
    let x = Sequences(Tensor.normal([18, 5], RandomKey(seed: 2, name: "x")), lengths: [9, 9])
    let whole = network(x, .evaluation()).outputs.values
    let rounded = network(x, .evaluation(.int8)).outputs.values
    #expect(whole.floatElements != rounded.floatElements)
    expectClose(rounded, whole, 0.03)
  }

  @Test func refusesWhatOnlyAnLSTMHas() async {
    await #expect(processExitsWith: .failure) {
      let options = RecurrentOptions(.gru, inputSize: 3, size: 4, hasPeepholes: true)
      _ = RecurrentNetwork(options, in: ParameterStore(seed: 1).root)
    }
    await #expect(processExitsWith: .failure) {
      let options = RecurrentOptions(.tanh, inputSize: 3, size: 4, projectedSize: 2)
      _ = RecurrentNetwork(options, in: ParameterStore(seed: 1).root)
    }
    await #expect(processExitsWith: .failure) {
      let options = RecurrentOptions(.gru, inputSize: 3, size: 4, memoryLimit: 1)
      _ = RecurrentNetwork(options, in: ParameterStore(seed: 1).root)
    }
  }
}
