import Testing

@testable import ApusTensors

extension TensorTests {
  @Suite struct RecurrenceTests {
    /// What a case of the tests has besides its cell.
    struct Form: CustomTestStringConvertible, Sendable {
      let cell: RecurrentCell
      var isReversed = false
      var hasPeepholes = false
      var projected: Int?
      var clip: Double = .infinity
      /// Whether the first memory is given, and not made of the state.
      var hasMemory = true
      var size = 3
      /// With an empty sequence, and one far longer than the rest.
      var offsets = [0, 2, 2, 11, 12, 15]

      var batch: Int { offsets.count - 1 }
      var states: Int { projected ?? size }
      var sums: Int { size * cell.sumCount }

      var testDescription: String {
        "\(cell)\(isReversed ? " reversed" : "")\(hasPeepholes ? " peepholes" : "")"
          + "\(projected.map { " projected to \($0)" } ?? "")\(clip < 9 ? " clipped" : "")"
          + "\(hasMemory ? "" : " from states")\(size > 3 ? " of \(size) units" : "")"
      }
    }

    static let forms: [Form] =
      RecurrentCell.allCases.flatMap { [Form(cell: $0), Form(cell: $0, isReversed: true)] } + [
        Form(cell: .lstm, hasPeepholes: true),
        Form(cell: .lstm, isReversed: true, hasPeepholes: true, projected: 2, clip: 0.4),
        Form(cell: .lstm, projected: 5),
        Form(cell: .lstm, clip: 0.3),
      ] + RecurrentCell.allCases.map { Form(cell: $0, hasMemory: false) }

    /// Of more units than are worked on at once, and of enough sequences for two threads.
    static let largeForms: [Form] = {
      let offsets = Array(stride(from: 0, through: 32, by: 2)) + [32, 37]
      return RecurrentCell.allCases.map { Form(cell: $0, size: 300, offsets: offsets) } + [
        Form(
          cell: .lstm, isReversed: true, hasPeepholes: true, projected: 270, clip: 0.2, size: 300,
          offsets: offsets)
      ]
    }()

    /// One element after the other, as the definitions say.
    ///
    /// Operands: inputs, hidden weights, bias,
    /// initial state, initial memory, peepholes, projection.
    private static func reference(_ x: [[Double]], _ form: Form) -> [Double] {
      let (cell, size, offsets) = (form.cell, form.size, form.offsets)
      let (sums, states) = (form.sums, form.states)
      var outputs = [Double](repeating: 0, count: (offsets.last ?? 0) * states)
      var lastStates: [Double] = []
      var lastMemory: [Double] = []
      for sequence in 0..<offsets.count - 1 {
        var state = Array(x[3][sequence * states..<(sequence + 1) * states])
        var memory =
          form.hasMemory
          ? Array(x[4][sequence * size..<(sequence + 1) * size])
          : cell == .lstm ? Array(repeating: 0, count: size) : state
        let rows = Array(offsets[sequence]..<offsets[sequence + 1])
        for row in form.isReversed ? rows.reversed() : rows {
          let input = (0..<sums).map { x[0][row * sums + $0] }
          let product = (0..<sums).map { sum in
            x[2][sum] + (0..<states).reduce(0) { $0 + x[1][sum * states + $1] * state[$1] }
          }
          var output = [Double](repeating: 0, count: size)
          for unit in 0..<size {
            func sum(_ gate: Int) -> Double {
              input[gate * size + unit] + product[gate * size + unit]
            }
            func peephole(_ gate: Int) -> Double {
              form.hasPeepholes ? x[5][gate * size + unit] : 0
            }
            switch cell {
            case .tanh: output[unit] = hyperbolicTangent(sum(0))
            case .relu: output[unit] = max(0, sum(0))
            case .gru:
              let (reset, update) = (logistic(sum(0)), logistic(sum(1)))
              let fresh = hyperbolicTangent(
                input[2 * size + unit] + reset * product[2 * size + unit])
              output[unit] = (1 - update) * fresh + update * memory[unit]
            case .lstm:
              let before = memory[unit]
              let into = logistic(sum(0) + peephole(0) * before)
              let forget = logistic(sum(1) + peephole(1) * before)
              let whole = forget * before + into * hyperbolicTangent(sum(2))
              memory[unit] = min(max(whole, -form.clip), form.clip)
              output[unit] =
                logistic(sum(3) + peephole(2) * memory[unit]) * hyperbolicTangent(memory[unit])
            }
            if cell != .lstm { memory[unit] = output[unit] }
          }
          if form.projected != nil {
            state = (0..<states).map { row in
              (0..<size).reduce(0) { $0 + x[6][row * size + $1] * output[$1] }
            }
          } else {
            state = output
          }
          for index in 0..<states { outputs[row * states + index] = state[index] }
        }
        lastStates += state
        lastMemory += memory
      }
      return outputs + lastStates + lastMemory
    }

    private func operands(_ form: Form) -> [Operand] {
      let scale = form.size > 3 ? 0.1 : 0.8
      let memory = Operand.weights([form.batch, form.size], seed: 5, scale: 0.2)
      let peepholes = Operand.weights([3, form.size], seed: 6)
      let projection = Operand.weights(
        [form.states, form.size], seed: 8, scale: form.size > 3 ? 0.1 : 1)
      return [
        .wave([form.offsets[form.batch], form.sums], scale: 1.5),
        .weights([form.sums, form.states], seed: 2, scale: scale), .weights([form.sums], seed: 3),
        .wave([form.batch, form.states], seed: 4), form.hasMemory ? memory : memory.constant,
        form.hasPeepholes ? peepholes : peepholes.constant,
        form.projected != nil ? projection : projection.constant,
      ]
    }

    /// States of all elements, last states and last memory, end to end.
    private func run(_ x: [Tensor], _ form: Form) -> Tensor {
      let (states, last) = recurrence(
        Sequences(x[0], offsets: form.offsets), form.cell,
        RecurrentWeights(
          hidden: x[1], bias: x[2], peepholes: form.hasPeepholes ? x[5] : nil,
          projection: form.projected != nil ? x[6] : nil),
        from: RecurrentState(hidden: x[3], memory: form.hasMemory ? x[4] : nil),
        isReversed: form.isReversed, clip: Float(form.clip))
      return concatenated(
        [states.values, last.hidden, last.memory].compactMap {
          $0.map { $0.reshaped([$0.count]).converted(to: x[0].type) }
        })
    }

    @Test(arguments: forms) func agreesWithItsDefinition(_ form: Form) {
      // The slope of a tanh near 1 is the difference of that and its rounded result.
      check(
        form.testDescription, operands(form), tolerance: 2e-5,
        bfloat16Tolerance: form.cell == .tanh ? 0.2 : 0.1,
        { run($0, form) }, reference: { Self.reference($0, form) })
    }

    /// Gradients are compared along one direction for each operand.
    @Test(arguments: largeForms) func largeLayersAgreeWithTheDefinition(_ form: Form) {
      let operands = operands(form)
      let prepared = operands.map { $0.tensor(.float32) }
      let (tensors, values) = (prepared.map(\.tensor), prepared.map(\.values))
      let result = run(tensors, form)
      expectClose(
        result.floatElements, Self.reference(values, form), columns: result.count, limit: 2e-5,
        "forward")
      let seed = Operand.wave(result.shape, seed: 7).tensor(.float32)
      let targets = operands.indices.filter { operands[$0].isTracked }
      let gradients = result.gradients(of: targets.map { tensors[$0] }, seed: seed.tensor.detached)
      for (target, gradient) in zip(targets, gradients) {
        let direction = Tensor.normal(
          operands[target].shape, RandomKey(seed: 11, name: "direction")
        ).floatElements.map(Double.init)
        func weighted(_ step: Double) -> Double {
          var moved = values
          moved[target] = zip(values[target], direction).map { $0 + step * $1 }
          return zip(Self.reference(moved, form), seed.values).reduce(0) { $0 + $1.0 * $1.1 }
        }
        let expected = (weighted(1e-7) - weighted(-1e-7)) / 2e-7
        let found = gradient.floatElements.map(Double.init)
        let slope = zip(found, direction).reduce(0) { $0 + $1.0 * $1.1 }
        // What one wrong value of average size would change is a tenth of the limit and more.
        let size = found.reduce(0) { $0 + $1 * $1 }.squareRoot()
        #expect(
          (slope - expected).magnitude < 2e-3 * size, "operand \(target): \(slope), not \(expected)"
        )
      }
    }

    /// To the last bit, since states go on as they were: not rounded to the type of products.
    @Test(arguments: RecurrentCell.allCases, [ScalarType.float32, .bfloat16])
    func stepsEqualTheWhole(_ cell: RecurrentCell, _ type: ScalarType) {
      let (size, steps) = (33, 40)
      let sums = size * cell.sumCount
      let inputs = Operand.wave([2 * steps, sums]).tensor(type).tensor.detached
      let weights = RecurrentWeights(
        hidden: Operand.weights([sums, size], seed: 2, scale: 0.2).tensor(type).tensor.detached)
      let (states, last) = recurrence(
        Sequences(inputs, lengths: [steps, steps]), cell, weights)
      var state: RecurrentState?
      for step in 0..<steps {
        let rows = [Int32(step), Int32(steps + step)]
        let (next, after) = recurrence(
          Sequences(inputs.gathered(rows), lengths: [1, 1]), cell, weights, from: state)
        #expect(next.values.floatElements == states.values.gathered(rows).floatElements)
        state = after
      }
      #expect(state?.hidden.floatElements == last.hidden.floatElements)
      #expect(state?.memory?.floatElements == last.memory?.floatElements)
    }

    @Test func quantizedIsThatOfQuantizedWeights() {
      for cell in RecurrentCell.allCases {
        let sums = 8 * cell.sumCount
        let inputs = Sequences(
          Operand.wave([12, sums]).tensor(.float32).tensor.detached, lengths: [5, 7])
        let hidden = Operand.weights([sums, 8], seed: 2).tensor(.float32).tensor
        let rounded = stride(from: 0, to: sums * 8, by: 8).flatMap { start -> [Float] in
          let row = hidden.floatElements[start..<start + 8]
          let step = row.reduce(0) { max($0, $1.magnitude) } / 127
          return row.map { ($0 / step).rounded() * step }
        }
        let exact = recurrence(
          inputs, cell, RecurrentWeights(hidden: Tensor(rounded, [sums, 8])))
        let found = recurrence(
          inputs, cell, RecurrentWeights(hidden: hidden), quantized: true)
        expectClose(
          found.states.values.floatElements,
          exact.states.values.floatElements.map(Double.init), columns: 8, limit: 1e-3, "\(cell)")
      }
    }

    @Test func refusesWhatOnlyAnLSTMHas() async {
      await #expect(processExitsWith: .failure) {
        let inputs = Sequences(Tensor.ones([2, 9]), lengths: [2])
        _ = recurrence(
          inputs, .gru, RecurrentWeights(hidden: .ones([9, 3])), clip: 1)
      }
    }
  }
}
