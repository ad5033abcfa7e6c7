import Testing

@testable import ApusTensors

extension TensorTests {
  @Suite struct FewRowProductTests {
    private static let sizes = [
      (k: 65, n: 34), (k: 128, n: 64), (k: 33, n: 77), (k: 700, n: 130), (k: 70, n: 3),
      (k: 1, n: 1), (k: 1, n: 65),
    ]

    /// Rows and weights as the product sees them, and their exact product with a bias.
    private struct Case {
      let x, weight, bias: Tensor
      let expected: [Double]

      init(_ m: Int, _ k: Int, _ n: Int, _ type: ScalarType, _ layout: WeightLayout) {
        let isTransposed = layout == .outputsByInputs
        let x = Operand.wave([m, k]).tensor(type)
        let weight = Operand.wave(isTransposed ? [n, k] : [k, n], seed: 2).tensor(.float32)
        let bias = Operand.wave([n], seed: 3).tensor(.float32)
        let rounded = weight.tensor.converted(to: type).floatElements.map(Double.init)
        expected = matrixProduct(x.values[...], false, rounded[...], isTransposed, m, k, n)
          .enumerated().map { $1 + bias.values[$0 % n] }
        (self.x, self.weight, self.bias) = (x.tensor, weight.tensor, bias.tensor)
      }
    }

    @Test(arguments: [WeightLayout.outputsByInputs, .inputsByOutputs])
    func float32AgreesWithReference(_ layout: WeightLayout) {
      for (k, n) in Self.sizes {
        for m in [1, 2, 3, 4, 5, 8, 9] {
          let sample = Case(m, k, n, .float32, layout)
          let found = linear(sample.x, sample.weight, sample.bias, layout: layout)
          expectClose(
            found.floatElements, sample.expected, columns: n, limit: 4e-6, "\(m) \(k) \(n)")
        }
      }
    }

    @Test(arguments: [WeightLayout.outputsByInputs, .inputsByOutputs])
    func bfloat16AgreesWithReference(_ layout: WeightLayout) {
      for (k, n) in Self.sizes {
        for m in [1, 2, 3, 5, 8, 9] {
          let sample = Case(m, k, n, .bfloat16, layout)
          let found = linear(sample.x, sample.weight, sample.bias, layout: layout)
          #expect(found.type == .bfloat16)
          // Half of the last of eight bits, and a little for the sum.
          expectClose(
            found.floatElements, sample.expected, columns: n, limit: 0.0045, "\(m) \(k) \(n)")
        }
      }
    }

    @Test(arguments: [WeightLayout.outputsByInputs, .inputsByOutputs])
    func integersAgreeWithReference(_ layout: WeightLayout) {
      for (k, n) in Self.sizes {
        for m in [1, 2, 3, 6, 21] {
          let sample = Case(m, k, n, .float32, layout)
          let found = linear(
            sample.x, sample.weight, sample.bias, layout: layout, quantized: true)
          let rounded = quantized(sample.weight.floatElements, k, n, layout)
          let x = sample.x.floatElements.map(Double.init)
          let bias = sample.bias.floatElements
          let expected = matrixProduct(x[...], false, rounded[...], false, m, k, n).enumerated()
            .map { $1 + Double(bias[$0 % n]) }
          // Rows have about 14 bits; among few outputs the largest may be small.
          expectClose(
            found.floatElements, expected, columns: n, limit: n < 8 ? 2e-3 : 5e-4,
            "\(m) \(k) \(n)")
        }
      }
    }

    /// [K, M] weights as multiples of a 127th of the largest of their output.
    private func quantized(_ weight: [Float], _ k: Int, _ n: Int, _ layout: WeightLayout)
      -> [Double]
    {
      func element(_ input: Int, _ output: Int) -> Float {
        layout == .outputsByInputs ? weight[output * k + input] : weight[input * n + output]
      }
      let largest = (0..<n).map { output in
        (0..<k).reduce(Float(0)) { max($0, abs(element($1, output))) }
      }
      return (0..<k * n).map { index in
        let (input, output) = index.quotientAndRemainder(dividingBy: n)
        let integer = (element(input, output) * (127 / largest[output])).rounded(.toNearestOrEven)
        return Double(integer) * Double(largest[output]) / 127
      }
    }

    @Test func integersDependOnNeitherMatesNorThreads() {
      let sample = Case(9, 700, 130, .float32, .inputsByOutputs)
      func run(_ x: Tensor) -> [Float] {
        linear(x, sample.weight, layout: .inputsByOutputs, quantized: true).floatElements
      }
      let together = run(sample.x)
      let threadCount = Processor.threadCount
      defer { Processor.threadCount = threadCount }
      for threads in [1, 2, 3] {
        Processor.threadCount = threads
        #expect((0..<9).flatMap { run(sample.x.rows($0..<$0 + 1)) } == together)
      }
    }

    @Test func weightsThatAreNoNumbersGiveNone() {
      let weight = Tensor([1, .nan, 2, 3] as [Float], [2, 2])
      let found = linear(.ones([1, 2]), weight, quantized: true).floatElements
      #expect(found[0].isNaN && abs(found[1] - 5) < 0.02)
      let row = Tensor([.infinity, 1] as [Float], [1, 2])
      #expect(!linear(row, weight, quantized: true).floatElements[1].isFinite)
    }

    @Test func changedWeightsArePackedAnew() {
      let parameter = Parameter("w", .ones([3, 4]))
      let x = Tensor.ones([1, 4])
      func run(_ x: Tensor, quantized: Bool) -> [Float] {
        linear(x, parameter.value, quantized: quantized).floatElements
      }
      #expect(run(x, quantized: true) == [4, 4, 4])
      #expect(run(x.converted(to: .bfloat16), quantized: false) == [4, 4, 4])
      parameter.update { $0.mutate(as: Float.self) { $0[0] = 3 } }
      #expect(abs(run(x, quantized: true)[0] - 6) < 0.03)
      #expect(run(x.converted(to: .bfloat16), quantized: false) == [6, 4, 4])
    }
  }
}
