import Testing

@testable import ApusTensors

extension TensorTests {
  @Suite struct LinearCrossEntropyTests {
    @Test(arguments: [Float(0), 0.1]) func agreesWithReference(_ smoothing: Float) {
      let targets = [2, 0, -100, 4, 1, 6, 6]
      check(
        "linearCrossEntropy",
        [.wave([7, 5]), .weights([9, 5], seed: 2), .weights([9], seed: 3)],
        bfloat16Tolerance: 2e-2,
        {
          linearCrossEntropy(
            $0[0], $0[1], $0[2], targets: Tensor(targets.map(Int32.init)), ignoring: -100,
            labelSmoothing: smoothing)
        },
        reference: { v in
          let logits = matrixProduct(v[0][...], false, v[1][...], true, 7, 5, 9).enumerated().map {
            $1 + v[2][$0 % 9]
          }
          let logs = softmaxRows(logits, columns: 9).map(logarithm)
          let losses = targets.enumerated().map { row, target -> Double in
            guard target >= 0 else { return 0 }
            let share = Double(smoothing) / 9
            return -(1 - Double(smoothing)) * logs[row * 9 + target]
              - share * logs[row * 9..<row * 9 + 9].reduce(0, +)
          }
          return [losses.reduce(0, +) / 6]
        })
    }

    @Test func isTheMeanOfCrossEntropies() {
      let x = Operand.wave([33, 17]).tensor(.float32).tensor
      let weight = Operand.weights([301, 17], seed: 2).tensor(.float32).tensor
      let targets = Tensor((0..<33).map { Int32($0 * 9) })
      let fused = linearCrossEntropy(x, weight, targets: targets)
      let plain = crossEntropy(linear(x, weight), targets: targets).mean()
      #expect((fused.scalar - plain.scalar).magnitude < 1e-6 * plain.scalar)
      for (a, b) in zip(fused.gradients(of: [x, weight]), plain.gradients(of: [x, weight])) {
        expectClose(
          a.floatElements, b.floatElements.map(Double.init), columns: 17, limit: 1e-5, "gradient")
      }
    }

    /// More classes than a block has, and a whole block that is ruled out.
    @Test(arguments: [Float(0), 0.1]) func blocksOfClassesMakeOneLoss(_ smoothing: Float) {
      let (rows, classes) = (600, 1100)
      let x = Operand.wave([rows, 17]).tensor(.float32).tensor
      let weight = Operand.weights([classes, 17], seed: 2).tensor(.float32).tensor
      let ruledOut: Float = smoothing > 0 ? -9 : -.infinity
      let bias = Tensor((0..<classes).map { $0 < 512 ? ruledOut : Float($0 % 7) }).tracked
      let targets = Tensor((0..<rows).map { Int32(512 + $0 * 31 % 588) })
      let fused = linearCrossEntropy(
        x, weight, bias, targets: targets, labelSmoothing: smoothing)
      let plain = crossEntropy(
        linear(x, weight, bias), targets: targets, labelSmoothing: smoothing
      ).mean()
      #expect((fused.scalar - plain.scalar).magnitude < 1e-6 * plain.scalar)
      let parts = zip(
        fused.gradients(of: [x, weight, bias]), plain.gradients(of: [x, weight, bias]))
      for (a, b) in parts {
        expectClose(
          a.floatElements, b.floatElements.map(Double.init), columns: a.count, limit: 1e-5,
          "gradient")
      }
    }

    @Test(arguments: [ScalarType.float32, .bfloat16])
    func quantizedIsThatOfQuantizedLogits(_ type: ScalarType) {
      let x = Operand.wave([33, 17]).tensor(type).tensor
      let weight = Operand.weights([301, 17], seed: 2).tensor(.float32).tensor
      let bias = Operand.weights([301], seed: 3).tensor(.float32).tensor
      let targets = Tensor((0..<33).map { Int32($0 * 9) })
      let fused = linearCrossEntropy(x, weight, bias, targets: targets, quantized: true)
      let logits = linear(x.converted(to: .float32), weight, bias, quantized: true)
      let expected = crossEntropy(logits, targets: targets).mean().scalar
      #expect((fused.scalar - expected).magnitude < 1e-5 * expected)
    }

    @Test func classesThatAreRuledOutCountForNothing() {
      let x = Operand.wave([3, 5]).tensor(.float32).tensor
      let weight = Operand.weights([4, 5], seed: 2).tensor(.float32).tensor
      let targets = Tensor([2, 0, 1] as [Int32])
      let bias = Tensor([0, 0, 0, -.infinity] as [Float]).tracked
      let loss = linearCrossEntropy(x, weight, bias, targets: targets)
      let expected = linearCrossEntropy(x, weight.rows(0..<3).detached, targets: targets)
      #expect((loss.scalar - expected.scalar).magnitude < 1e-6 * expected.scalar)
      let gradient = loss.gradients(of: [bias])[0].floatElements
      #expect(gradient.allSatisfy(\.isFinite) && gradient[3] == 0 && gradient[0] != 0)
    }

    @Test func noRowThatCountsGivesZero() {
      let x = Tensor.ones([2, 3]).tracked
      let loss = linearCrossEntropy(
        x, .ones([4, 3]), targets: Tensor([-1, -1] as [Int32]), ignoring: -1)
      #expect(loss.scalar == 0)
      #expect(loss.gradients(of: [x])[0].floatElements == Array(repeating: 0, count: 6))
    }
  }
}
