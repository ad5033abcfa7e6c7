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
      /// Whether products and memory are normed.
      var isNormed = false
      var zoneout: Keeping?
      /// Whether the first memory is given, and not made of the state.
      var hasMemory = true
      var size = 3
      /// With an empty sequence, and one far longer than the rest.
      var offsets = [0, 2, 2, 11, 12, 15]

      var batch: Int { offsets.count - 1 }
      var states: Int { projected ?? size }
      var sums: Int { size * cell.sumCount }

      /// What of states and memory stays.
      enum Keeping: Sendable {
        case drawn, expected

        func zoneout(_ name: String, _ rate: Float) -> Zoneout {
          switch self {
          case .drawn: .drawn(dropped(name, rate))
          case .expected: .expected(rate)
          }
        }

        func share(_ name: String, _ rate: Float, _ index: Int) -> Double {
          switch self {
          case .drawn: dropoutFactor(dropped(name, rate), index) == 0 ? 1 : 0
          case .expected: Double(rate)
          }
        }

        private func dropped(_ name: String, _ rate: Float) -> Dropped {
          Dropped(rate: rate, key: RandomKey(seed: 3, name: name))
        }
      }

      static let stateRate: Float = 0.4
      static let memoryRate: Float = 0.3

      var zoneouts: RecurrentZoneout {
        RecurrentZoneout(
          states: zoneout?.zoneout("states", Self.stateRate),
          memory: cell == .lstm ? zoneout?.zoneout("memory", Self.memoryRate) : nil)
      }

      var testDescription: String {
        "\(cell)\(isReversed ? " reversed" : "")\(hasPeepholes ? " peepholes" : "")"
          + "\(projected.map { " projected to \($0)" } ?? "")\(clip < 9 ? " clipped" : "")"
          + "\(isNormed ? " normed" : "")\(zoneout.map { " zoneout \($0)" } ?? "")"
          + "\(hasMemory ? "" : " from states")\(size > 3 ? " of \(size) units" : "")"
      }
    }

    static let forms: [Form] =
      RecurrentCell.allCases.flatMap { [Form(cell: $0), Form(cell: $0, isReversed: true)] } + [
        Form(cell: .lstm, hasPeepholes: true),
        Form(cell: .lstm, isReversed: true, hasPeepholes: true, projected: 2, clip: 0.4),
        Form(cell: .lstm, projected: 5),
        Form(cell: .lstm, clip: 0.3),
        Form(
          cell: .lstm, isReversed: true, hasPeepholes: true, projected: 2, clip: 0.6,
          isNormed: true, zoneout: .drawn),
        Form(cell: .lstm, projected: 5, zoneout: .expected),
      ]
      + RecurrentCell.allCases.flatMap { cell in
        [
          Form(cell: cell, isNormed: true),
          Form(cell: cell, zoneout: .drawn),
          Form(cell: cell, isReversed: true, isNormed: true, zoneout: .expected),
        ]
      } + RecurrentCell.allCases.map { Form(cell: $0, hasMemory: false) }

    /// Of more units than are worked on at once, and of enough sequences for two threads.
    static let largeForms: [Form] = {
      let offsets = Array(stride(from: 0, through: 32, by: 2)) + [32, 37]
      return RecurrentCell.allCases.map { Form(cell: $0, size: 300, offsets: offsets) } + [
        Form(
          cell: .lstm, isReversed: true, hasPeepholes: true, projected: 270, clip: 0.2, size: 300,
          offsets: offsets),
        Form(
          cell: .lstm, hasPeepholes: true, projected: 270, isNormed: true, zoneout: .drawn,
          size: 300, offsets: offsets),
        Form(cell: .gru, isNormed: true, zoneout: .drawn, size: 300, offsets: offsets),
      ]
    }()

    /// One element after the other, as the definitions say.
    ///
    /// Operands: inputs, hidden weights, bias, initial state, initial memory, peepholes, projection,
    /// gain of products, gain and bias of the memory.
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
          var product = (0..<sums).map { sum in
            (0..<states).reduce(0) { $0 + x[1][sum * states + $1] * state[$1] }
          }
          if form.isNormed { product = zip(normed(product), x[7]).map { $0 * $1 } }
          product = zip(product, x[2]).map { $0 + $1 }
          func sum(_ gate: Int, _ unit: Int) -> Double {
            input[gate * size + unit] + product[gate * size + unit]
          }
          func peephole(_ gate: Int, _ unit: Int) -> Double {
            form.hasPeepholes ? x[5][gate * size + unit] : 0
          }
          var fresh = [Double](repeating: 0, count: size)
          for unit in 0..<size {
            switch cell {
            case .tanh: fresh[unit] = hyperbolicTangent(sum(0, unit))
            case .relu: fresh[unit] = max(0, sum(0, unit))
            case .gru:
              let (reset, update) = (logistic(sum(0, unit)), logistic(sum(1, unit)))
              let candidate = hyperbolicTangent(
                input[2 * size + unit] + reset * product[2 * size + unit])
              fresh[unit] = (1 - update) * candidate + update * memory[unit]
            case .lstm:
              let before = memory[unit]
              let into = logistic(sum(0, unit) + peephole(0, unit) * before)
              let forget = logistic(sum(1, unit) + peephole(1, unit) * before)
              let whole = forget * before + into * hyperbolicTangent(sum(2, unit))
              fresh[unit] = min(max(whole, -form.clip), form.clip)
            }
          }
          func kept(
            _ before: [Double], _ fresh: [Double], _ name: String, _ rate: Float
          ) -> [Double] {
            guard let zoneout = form.zoneout else { return fresh }
            return fresh.indices.map { index in
              let share = zoneout.share(name, rate, row * fresh.count + index)
              return share * before[index] + (1 - share) * fresh[index]
            }
          }
          guard cell == .lstm else {
            memory = kept(memory, fresh, "states", Form.stateRate)
            state = memory
            for index in 0..<states { outputs[row * states + index] = state[index] }
            continue
          }
          var seen = fresh
          if form.isNormed {
            seen = zip(normed(fresh), zip(x[8], x[9])).map { $0 * $1.0 + $1.1 }
          }
          let output = (0..<size).map { unit in
            logistic(sum(3, unit) + peephole(2, unit) * fresh[unit]) * hyperbolicTangent(seen[unit])
          }
          memory = kept(memory, fresh, "memory", Form.memoryRate)
          let projected =
            form.projected == nil
            ? output
            : (0..<states).map { row in
              (0..<size).reduce(0) { $0 + x[6][row * size + $1] * output[$1] }
            }
          state = kept(state, projected, "states", Form.stateRate)
          for index in 0..<states { outputs[row * states + index] = state[index] }
        }
        lastStates += state
        lastMemory += memory
      }
      return outputs + lastStates + lastMemory
    }

    /// A row with mean 0 and variance 1.
    private static func normed(_ row: [Double]) -> [Double] {
      let mean = row.reduce(0, +) / Double(row.count)
      let variance = row.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(row.count)
      return row.map { ($0 - mean) / (variance + 1e-5).squareRoot() }
    }

    private func operands(_ form: Form) -> [Operand] {
      let scale = form.size > 3 ? 0.1 : 0.8
      let memory = Operand.weights([form.batch, form.size], seed: 5, scale: 0.2)
      let peepholes = Operand.weights([3, form.size], seed: 6)
      let projection = Operand.weights(
        [form.states, form.size], seed: 8, scale: form.size > 3 ? 0.1 : 1)
      let productGain = Operand.weights([form.sums], seed: 9, scale: 0.4, shift: 0.8)
      let memoryGain = Operand.weights([form.size], seed: 10, scale: 0.4, shift: 1)
      let memoryBias = Operand.weights([form.size], seed: 11, scale: 0.3)
      let normsMemory = form.isNormed && form.cell == .lstm
      return [
        .wave([form.offsets[form.batch], form.sums], scale: 1.5),
        .weights([form.sums, form.states], seed: 2, scale: scale), .weights([form.sums], seed: 3),
        .wave([form.batch, form.states], seed: 4), form.hasMemory ? memory : memory.constant,
        form.hasPeepholes ? peepholes : peepholes.constant,
        form.projected != nil ? projection : projection.constant,
        form.isNormed ? productGain : productGain.constant,
        normsMemory ? memoryGain : memoryGain.constant,
        normsMemory ? memoryBias : memoryBias.constant,
      ]
    }

    /// States of all elements, last states and last memory, end to end.
    private func run(_ x: [Tensor], _ form: Form) -> Tensor {
      let isLSTM = form.cell == .lstm
      let (states, last) = recurrence(
        Sequences(x[0], offsets: form.offsets), form.cell,
        RecurrentWeights(
          hidden: x[1], bias: x[2], peepholes: form.hasPeepholes ? x[5] : nil,
          projection: form.projected != nil ? x[6] : nil,
          norms: form.isNormed
            ? RecurrentNorms(
              hiddenGain: x[7], memoryGain: isLSTM ? x[8] : nil, memoryBias: isLSTM ? x[9] : nil)
            : nil),
        from: RecurrentState(hidden: x[3], memory: form.hasMemory ? x[4] : nil),
        isReversed: form.isReversed, clip: Float(form.clip), zoneout: form.zoneouts)
      return concatenated(
        [states.values, last.hidden, last.memory].compactMap {
          $0.map { $0.reshaped([$0.count]).converted(to: x[0].type) }
        })
    }

    @Test(arguments: forms) func agreesWithItsDefinition(_ form: Form) {
      // The norm of products of a state that is all but zero multiplies rounding by hundreds.
      let isSteep = form.cell == .relu && form.isNormed
      // The slope of a tanh near 1 is the difference of that and its rounded result.
      check(
        form.testDescription, operands(form), types: isSteep ? [.float32] : [.float32, .bfloat16],
        tolerance: isSteep ? 2e-4 : 2e-5,
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
      let hidden = Operand.weights([sums, size], seed: 2, scale: 0.2).tensor(type).tensor.detached
      let norms = RecurrentNorms(
        hiddenGain: .ones([sums]), memoryGain: cell == .lstm ? .ones([size]) : nil)
      let zoneout = Form(cell: cell, zoneout: .expected).zoneouts
      let inputs = Operand.wave([2 * steps, sums]).tensor(type).tensor.detached
      expectEqualSteps(inputs, cell, RecurrentWeights(hidden: hidden), RecurrentZoneout())
      expectEqualSteps(inputs, cell, RecurrentWeights(hidden: hidden, norms: norms), zoneout)
    }

    private func expectEqualSteps(
      _ inputs: Tensor, _ cell: RecurrentCell, _ weights: RecurrentWeights,
      _ zoneout: RecurrentZoneout
    ) {
      let steps = inputs.rowCount / 2
      let (states, last) = recurrence(
        Sequences(inputs, lengths: [steps, steps]), cell, weights, zoneout: zoneout)
      var state: RecurrentState?
      for step in 0..<steps {
        let rows = [Int32(step), Int32(steps + step)]
        let (next, after) = recurrence(
          Sequences(inputs.gathered(rows), lengths: [1, 1]), cell, weights, from: state,
          zoneout: zoneout)
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
      await #expect(processExitsWith: .failure) {
        let inputs = Sequences(Tensor.ones([2, 9]), lengths: [2])
        _ = recurrence(
          inputs, .gru, RecurrentWeights(hidden: .ones([9, 3])),
          zoneout: RecurrentZoneout(memory: .expected(0.5)))
      }
    }
  }
}
