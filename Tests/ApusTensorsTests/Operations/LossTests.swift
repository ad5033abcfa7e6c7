import Testing

@testable import ApusTensors

extension TensorTests {
  @Suite struct LossTests {
    @Test func softmaxAgreesWithReference() {
      let x = Operand.wave([3, 7], scale: 4)
      check("softmax", [x], { $0[0].softmax() }, reference: { softmaxRows($0[0], columns: 7) })
      check(
        "logSoftmax", [x], { $0[0].logSoftmax() },
        reference: { softmaxRows($0[0], columns: 7).map(logarithm) })
      let long = Operand.wave([2, 2311], scale: 4).tensor(.float32)
      expectClose(
        long.tensor.softmax().floatElements, softmaxRows(long.values, columns: 2311),
        columns: 2311, limit: 4e-6, "softmax of long rows")
      let huge = Tensor([1e30, 1e30, -1e30] as [Float], [1, 3])
      #expect(huge.softmax().floatElements == [0.5, 0.5, 0])
    }

    @Test(arguments: [Float(0), 0.1], [false, true])
    func crossEntropyAgreesWithReference(_ smoothing: Float, _ isWeighted: Bool) {
      let targets = [2, 0, -1, 4, 1]
      let weights = [0.5, 1, 2, 0.25, 1.5]
      check(
        "crossEntropy", [.wave([5, 5], scale: 3)],
        {
          crossEntropy(
            $0[0], targets: Tensor(targets.map(Int32.init)), labelSmoothing: smoothing,
            classWeights: isWeighted ? Tensor(weights.map { Float($0) }) : nil, ignoring: -1)
        },
        reference: { v in
          let logs = softmaxRows(v[0], columns: 5).map(logarithm)
          let weights = isWeighted ? weights : Array(repeating: 1, count: 5)
          return targets.enumerated().map { row, target in
            guard target >= 0 else { return 0 }
            let terms = (0..<5).map { -weights[$0] * logs[row * 5 + $0] }
            return (1 - Double(smoothing)) * terms[target]
              + Double(smoothing) / 5 * terms.reduce(0, +)
          }
        })
    }

    @Test(arguments: [Float(0.5), 2], [Float(0), 0.1])
    func focusedCrossEntropyAgreesWithReference(_ focusing: Float, _ smoothing: Float) {
      let targets = [2, 0, -1, 4, 1]
      let weights = [0.5, 1, 2, 0.25, 1.5]
      check(
        "focused crossEntropy", [.wave([5, 5], scale: 3)],
        {
          crossEntropy(
            $0[0], targets: Tensor(targets.map(Int32.init)), labelSmoothing: smoothing,
            classWeights: Tensor(weights.map { Float($0) }), focusing: focusing, ignoring: -1)
        },
        reference: { v in
          let probabilities = softmaxRows(v[0], columns: 5)
          return targets.enumerated().map { row, target in
            guard target >= 0 else { return 0 }
            let terms = (0..<5).map { -weights[$0] * logarithm(probabilities[row * 5 + $0]) }
            let loss =
              (1 - Double(smoothing)) * terms[target]
              + Double(smoothing) / 5 * terms.reduce(0, +)
            let doubt = 1 - probabilities[row * 5 + target]
            return exponential(Double(focusing) * logarithm(doubt)) * loss
          }
        })
    }

    /// PyTorch 2.13, from Tests/Peers/metrics/make_focal.py.
    @Test func focusedCrossEntropyIsPyTorchs() {
      let logits = Operand.wave([3, 4], scale: 2).tensor(.float32).tensor
      let loss = crossEntropy(
        logits, targets: Tensor([1, 3, 0] as [Int32]),
        classWeights: Tensor([0.5, 2, 1, 4] as [Float]), focusing: 2)
      expectClose(
        loss.floatElements, [8.472435135, 0.059033905, 0.179390936], columns: 3, limit: 2e-6, "loss"
      )
      let gradient = loss.gradients(of: [logits], seed: .ones([3]))[0]
      expectClose(
        gradient.floatElements,
        [
          0.766523184, -2.142551651, 0.149145809, 1.226882657, 0.03198166, 0.009617201, 0.100537838,
          -0.142136699, -0.254219157, 0.01762162, 0.019107453, 0.217490084,
        ], columns: 4, limit: 2e-6, "gradient")
    }

    @Test func focusedLossOfCertainTargetsIsFinite() {
      let logits = Tensor([80, -80, 0, 0] as [Float], [2, 2]).tracked
      for focusing in [Float(0.5), 1, 3] {
        let loss = crossEntropy(
          logits, targets: Tensor([0, 0] as [Int32]), focusing: focusing)
        #expect(loss.floatElements[0] == 0 && loss.floatElements[1] > 0)
        let gradient = loss.gradients(of: [logits], seed: .ones([2]))[0].floatElements
        #expect(gradient[0] == 0 && gradient.allSatisfy(\.isFinite))
      }
    }

    @Test(arguments: [1.0, 2, 5]) func distillationLossAgreesWithReference(_ temperature: Double) {
      let teacher = softmaxRows(Operand.wave([4, 5], seed: 3, scale: 6).values, columns: 5)
      check(
        "distillationLoss", [.wave([4, 5], scale: 3)],
        {
          distillationLoss(
            $0[0], teacher: Tensor(teacher.map { Float($0) }, [4, 5]),
            temperature: Float(temperature))
        },
        reference: { v in
          let student = softmaxRows(v[0].map { $0 / temperature }, columns: 5)
          let soft = softmaxRows(teacher.map { logarithm($0) / temperature }, columns: 5)
          return (0..<4).map { row in
            (0..<5).reduce(0) {
              let place = row * 5 + $1
              return $0 + soft[place] * (logarithm(soft[place]) - logarithm(student[place]))
            } * temperature * temperature
          }
        })
    }

    /// `kl_div(log_softmax(x / T), softmax(log(p) / T), reduction="none").sum(1) * T²` of PyTorch 2.13 in
    /// Double.
    @Test func distillationLossAgreesWithPyTorch() {
      let logits = Tensor([1, -2, 0.5, 0, 3, -1] as [Float], [2, 3])
      let teacher = Tensor([0.7, 0.2, 0.1, 0, 1, 0] as [Float], [2, 3])
      let expected: [(temperature: Float, losses: [Double])] = [
        (1, [0.35277834979894584, 0.06588390375742911]),
        (3, [0.6781403828283636, 4.405369334608281]),
      ]
      for (temperature, losses) in expected {
        let found = distillationLoss(logits, teacher: teacher, temperature: temperature)
        expectClose(found.floatElements, losses, columns: 1, limit: 2e-6, "at \(temperature)")
      }
    }

    @Test func crossEntropyOfLongRowsAgreesWithReference() {
      let x = Operand.wave([3, 3001], scale: 5).tensor(.float32)
      let targets = [3000, 0, 1024]
      let logits = x.tensor
      let loss = crossEntropy(
        logits, targets: Tensor(targets.map(Int32.init)), labelSmoothing: 0.1)
      let probabilities = softmaxRows(x.values, columns: 3001)
      let expected = targets.enumerated().map { row, target in
        let logs = probabilities[row * 3001..<(row + 1) * 3001].map(logarithm)
        return -0.9 * logs[target] - 0.1 / 3001 * logs.reduce(0, +)
      }
      expectClose(loss.floatElements, expected, columns: 1, limit: 2e-6, "crossEntropy")
      let gradient = loss.gradients(of: [logits], seed: .ones([3]))[0]
      let expectedGradient = probabilities.enumerated().map { index, probability in
        probability - 0.1 / 3001 - (targets[index / 3001] == index % 3001 ? 0.9 : 0)
      }
      expectClose(
        gradient.floatElements, expectedGradient, columns: 3001, limit: 2e-6, "its gradient")
    }

    @Test func otherLossesAgreeWithReference() {
      let x = Operand.wave([3, 5], scale: 3)
      check(
        "meanSquaredError", [x, .wave([3, 5], seed: 2)], { meanSquaredError($0[0], $0[1]) },
        reference: { v in
          (0..<3).map { row in
            (row * 5..<row * 5 + 5).reduce(0) { $0 + power(v[0][$1] - v[1][$1], 2) / 5 }
          }
        })
      check(
        "klDivergence", [x, .weights([3, 5], seed: 2, scale: 0.1, shift: 0.2)],
        { klDivergence($0[0], target: $0[1]) },
        reference: { v in
          let p = softmaxRows(v[0], columns: 5)
          return (0..<3).map { row in
            (row * 5..<row * 5 + 5).reduce(0) { $0 + v[1][$1] * logarithm(v[1][$1] / p[$1]) }
          }
        })
      let target = Operand.weights([3, 5], seed: 2, scale: 0.5, shift: 0.5).constant
      check(
        "binaryCrossEntropy", [x, target, .weights([5], shift: 2).constant],
        { binaryCrossEntropy($0[0], target: $0[1], positiveWeight: $0[2]) },
        reference: { v in
          (0..<3).map { row in
            (row * 5..<row * 5 + 5).reduce(0) { sum, index in
              let p = logistic(v[0][index])
              let yes = v[1][index] * v[2][index % 5] * logarithm(p)
              return sum - (yes + (1 - v[1][index]) * logarithm(1 - p)) / 5
            }
          }
        })
    }

    @Test func certainTargetsAreFinite() {
      let logits = Tensor([100, -100] as [Float], [1, 2])
      let target = Tensor([1, 0] as [Float], [1, 2])
      #expect(klDivergence(logits, target: target).scalar == 0)
      #expect(binaryCrossEntropy(logits, target: target).scalar < 1e-30)
      #expect(binaryCrossEntropy(-logits, target: target).scalar == 100)
      #expect(
        meanSquaredError(Tensor([1, 2] as [Float]), Tensor([0, 0] as [Float])).floatElements == [
          1, 4,
        ])
    }
  }
}
