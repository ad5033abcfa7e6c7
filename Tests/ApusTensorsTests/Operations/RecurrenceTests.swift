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

      var testDescription: String {
        "\(cell)\(isReversed ? " reversed" : "")\(hasPeepholes ? " peepholes" : "")"
          + "\(projected.map { " projected to \($0)" } ?? "")\(clip < 9 ? " clipped" : "")"
      }
    }

    static let forms: [Form] =
      RecurrentCell.allCases.flatMap { [Form(cell: $0), Form(cell: $0, isReversed: true)] } + [
        Form(cell: .lstm, hasPeepholes: true),
        Form(cell: .lstm, isReversed: true, hasPeepholes: true, projected: 2, clip: 0.4),
        Form(cell: .lstm, projected: 5),
        Form(cell: .lstm, clip: 0.3),
      ]

    static let size = 3
    /// With an empty sequence, and one far longer than the rest.
    static let offsets = [0, 2, 2, 11, 12, 15]

    /// One element after the other, as the definitions say.
    ///
    /// Operands: inputs, hidden weights, bias,
    /// initial state, initial memory, peepholes, projection.
    private static func reference(_ x: [[Double]], _ form: Form) -> [Double] {
      let (cell, size) = (form.cell, Self.size)
      let (sums, states) = (size * cell.sumCount, form.projected ?? size)
      var outputs = [Double](repeating: 0, count: (offsets.last ?? 0) * states)
      var lastStates: [Double] = []
      var lastMemory: [Double] = []
      for sequence in 0..<offsets.count - 1 {
        var state = Array(x[3][sequence * states..<(sequence + 1) * states])
        var memory = Array(x[4][sequence * size..<(sequence + 1) * size])
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
              output[unit] = (1 - update) * fresh + update * state[unit]
            case .lstm:
              let before = memory[unit]
              let into = logistic(sum(0) + peephole(0) * before)
              let forget = logistic(sum(1) + peephole(1) * before)
              let whole = forget * before + into * hyperbolicTangent(sum(2))
              memory[unit] = min(max(whole, -form.clip), form.clip)
              output[unit] =
                logistic(sum(3) + peephole(2) * memory[unit]) * hyperbolicTangent(memory[unit])
            }
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
      return outputs + lastStates + (cell == .lstm ? lastMemory : [])
    }

    @Test(arguments: forms) func agreesWithItsDefinition(_ form: Form) {
      let size = Self.size
      let (sums, states) = (size * form.cell.sumCount, form.projected ?? size)
      let batch = Self.offsets.count - 1
      let memory = Operand.weights([batch, size], seed: 5, scale: 0.2)
      let peepholes = Operand.weights([3, size], seed: 6)
      let projection = Operand.weights([states, size], seed: 8)
      check(
        form.testDescription,
        [
          .wave([15, sums], scale: 1.5), .weights([sums, states], seed: 2, scale: 0.8),
          .weights([sums], seed: 3), .wave([batch, states], seed: 4),
          form.cell == .lstm ? memory : memory.constant,
          form.hasPeepholes ? peepholes : peepholes.constant,
          form.projected != nil ? projection : projection.constant,
        ], tolerance: 2e-5, bfloat16Tolerance: 0.1,
        { x in
          let (states, last) = recurrence(
            Sequences(x[0], offsets: Self.offsets), form.cell,
            RecurrentWeights(
              hidden: x[1], bias: x[2], peepholes: form.hasPeepholes ? x[5] : nil,
              projection: form.projected != nil ? x[6] : nil),
            from: RecurrentState(hidden: x[3], memory: form.cell == .lstm ? x[4] : nil),
            isReversed: form.isReversed, clip: Float(form.clip))
          return concatenated(
            [states.values, last.hidden, last.memory].compactMap {
              $0.map { $0.reshaped([$0.count]).converted(to: x[0].type) }
            })
        },
        reference: { Self.reference($0, form) })
    }
  }
}
