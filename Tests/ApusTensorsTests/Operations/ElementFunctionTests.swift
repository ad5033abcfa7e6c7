import Testing

@testable import ApusTensors

extension TensorTests {
  @Suite struct ElementFunctionTests {
    static let shape = [3, 11]

    private func checkEach(
      _ name: String, _ operation: (Tensor) -> Tensor, _ reference: (Double) -> Double,
      on operand: Operand = .wave(shape, scale: 3)
    ) {
      check(name, [operand], { operation($0[0]) }, reference: { $0[0].map(reference) })
    }

    @Test func functionsAgreeWithReference() {
      let positive = Operand.wave(Self.shape, shift: 1.6)
      checkEach("-", { -$0 }, { -$0 })
      checkEach("exp", { $0.exp() }, exponential)
      checkEach("log", { $0.log() }, logarithm, on: positive)
      checkEach("squareRoot", { $0.squareRoot() }, { $0.squareRoot() }, on: positive)
      checkEach("square", { $0.square() }, { $0 * $0 })
      checkEach("abs", { $0.abs() }, { $0.magnitude })
      checkEach("pow", { $0.pow(2.5) }, { power($0, 2.5) }, on: positive)
      checkEach("pow", { $0.pow(-1) }, { 1 / $0 }, on: positive)
      checkEach("softplus", { $0.softplus() }, { logarithm(1 + exponential($0)) })
      checkEach("clamped", { $0.clamped(to: -0.7...1.3) }, { min(max($0, -0.7), 1.3) })
    }

    @Test func activationsAgreeWithReference() {
      checkEach("sigmoid", { $0.sigmoid() }, logistic)
      checkEach("tanh", { $0.tanh() }, hyperbolicTangent)
      checkEach("relu", { $0.relu() }, { max($0, 0) })
      checkEach("leakyReLU", { $0.leakyReLU(slope: 0.2) }, { max($0, 0.2 * $0) })
      checkEach("gelu", { $0.gelu() }, { $0 * normalDistribution($0) })
      checkEach("gelu tanh", { $0.gelu(approximate: .tanh) }, geluTanh)
      checkEach("silu", { $0.silu() }, { $0 * logistic($0) })
      checkEach("hardTanh", { $0.hardTanh() }, { min(max($0, -1), 1) })
      check(
        "prelu", [.wave([5, 3]), .weights([3], scale: 0.5)], { $0[0].prelu($0[1]) },
        reference: { v in
          v[0].enumerated().map { $1 > 0 ? $1 : $1 * v[1][$0 % 3] }
        })
      check(
        "maxout", [.wave([3, 6])], { $0[0].maxout(pieceCount: 2) },
        reference: { v in (0..<9).map { max(v[0][2 * $0], v[0][2 * $0 + 1]) } })
    }

    private func geluTanh(_ x: Double) -> Double {
      0.5 * x * (1 + hyperbolicTangent((2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x)))
    }

    /// The worst error of a function over a range, in units of the last place of the result.
    private func worstUlps(
      _ range: ClosedRange<Double>, _ function: (Tensor) -> Tensor, _ reference: (Double) -> Double
    ) -> Double {
      let count = 20_011
      let x = (0..<count).map {
        Float(
          range.lowerBound + (range.upperBound - range.lowerBound) * Double($0) / Double(count - 1))
      }
      return zip(x, function(Tensor(x)).floatElements).map { x, y in
        let expected = reference(Double(x))
        return (Double(y) - expected).magnitude / Double(Float(expected).ulp)
      }.max() ?? 0
    }

    @Test func vectorFunctionsAreWithinTheirUlps() {
      #expect(worstUlps(-87.3...88.7, { $0.exp() }, exponential) <= 1)
      #expect(worstUlps(1e-30...30, { $0.log() }, logarithm) <= 1)
      #expect(worstUlps(0.5...1.5, { $0.log() }, logarithm) <= 1)
      #expect(worstUlps(-80...30, { $0.sigmoid() }, logistic) <= 3)
      #expect(worstUlps(-10...10, { $0.tanh() }, hyperbolicTangent) <= 2)
      #expect(worstUlps(-1...10, { $0.gelu() }, { $0 * normalDistribution($0) }) <= 7)
      #expect(worstUlps(-5 ... -1, { $0.gelu() }, { $0 * normalDistribution($0) }) <= 16)
      #expect(worstUlps(-20...20, { $0.softplus() }, { softplusReference($0) }) <= 4)
    }

    private func softplusReference(_ x: Double) -> Double {
      x > 0 ? x + logarithm(1 + exponential(-x)) : logarithm(1 + exponential(x))
    }

    @Test func extremesHaveTheirLimits() {
      let x = Tensor([.infinity, -.infinity, 100, -200] as [Float])
      #expect(x.exp().floatElements == [.infinity, 0, .infinity, 0])
      #expect(x.tanh().floatElements == [1, -1, 1, -1])
      #expect(x.sigmoid().floatElements == [1, 0, 1, 0])
      #expect(x.rows(2..<4).gelu().floatElements == [100, 0])
      #expect(Tensor([0, -1] as [Float]).log().floatElements[0] == -.infinity)
      for function in [Activation.gelu, .geluNew, .tanh, .sigmoid, .silu, .relu] {
        #expect(function(Tensor([Float.nan])).scalar.isNaN)
      }
      let undefined = Tensor([Float.nan, -1]).log().floatElements
      #expect(undefined[0].isNaN && undefined[1].isNaN)
      #expect(Tensor([Float.nan]).exp().scalar.isNaN)
    }

    @Test func chunksAndThreadsChangeNoBit() {
      let x = Operand.wave([70_003], scale: 4).tensor(.float32).tensor
      for type in [ScalarType.float32, .bfloat16] {
        let typed = x.detached.converted(to: type).tracked
        let whole = typed.gelu()
        let gradient = whole.gradients(of: [typed], seed: .ones([70_003]))[0]
        for range in [0..<3, 1020..<1031, 35_000..<35_007, 69_990..<70_003] {
          let part = typed.detached.rows(range).tracked
          let result = part.gelu()
          #expect(result.floatElements == whole.rows(range).floatElements)
          #expect(
            result.gradients(of: [part], seed: .ones([range.count]))[0].floatElements
              == gradient.rows(range).floatElements)
        }
      }
    }

    @Test func activationsHaveTheNamesOfConfigurations() {
      let x = Tensor([-1.5, 0.3, 2] as [Float])
      #expect(
        Activation(rawValue: "gelu_new")?(x).floatElements
          == x.gelu(approximate: .tanh).floatElements)
      #expect(Activation(rawValue: "gelu")?(x).floatElements == x.gelu().floatElements)
      #expect(Activation(rawValue: "swish")?(x).floatElements == x.silu().floatElements)
      for activation in Activation.allCases { #expect(activation(x).shape == [3]) }
    }
  }
}
