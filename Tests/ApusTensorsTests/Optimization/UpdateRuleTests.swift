import Testing

@testable import ApusTensors

extension TensorTests {
  /// Each rule against PyTorch's formulas, written for one weight in Double, over some steps.
  @Suite struct UpdateRuleTests {
    private static let stepCount = 5
    private static let rate = 0.1
    private static let decay = 0.05

    /// Runs a rule and its reference: (weight, gradient, step) → weight, with state of its own.
    private func check(
      _ rule: UpdateRule, rate: Double = rate,
      sourceLocation: SourceLocation = #_sourceLocation,
      reference: () -> (_ weight: Double, _ gradient: Double, _ step: Int) -> Double
    ) {
      let shape = [3, 7]
      let parameter = Parameter("weight", Operand.wave(shape).tensor(.float32).tensor.detached)
      var weights = parameter.value.floatElements.map(Double.init)
      let updates = weights.map { _ in reference() }
      var state = rule.stateNames.map { _ in Tensor.zeros(shape) }
      for step in 0..<Self.stepCount {
        let gradient = Operand.wave(shape, seed: Double(step + 2)).tensor(.float32)
        // Clipping scales by a half, then limits to 0.4.
        let clipped = gradient.values.map { min(max($0 * 0.5, -0.4), 0.4) }
        weights = weights.indices.map { updates[$0](weights[$0], clipped[$0], step) }
        rule.update(
          parameter, along: gradient.tensor.detached, state: &state,
          UpdateRule.Step(
            index: step, rate: Float(rate), gradientScale: 0.5, gradientLimit: 0.4),
          decay: Float(Self.decay))
      }
      expectClose(
        parameter.value.floatElements, weights, columns: 7, limit: 5e-6, "\(rule)", sourceLocation)
    }

    @Test(arguments: [true, false]) func adam(_ decouples: Bool) {
      check(.adam(beta1: 0.9, beta2: 0.99, epsilon: 1e-6, decouplesDecay: decouples)) {
        var (first, second) = (0.0, 0.0)
        return { weight, gradient, step in
          var (weight, gradient) = (weight, gradient)
          if decouples {
            weight *= 1 - Self.rate * Self.decay
          } else {
            gradient += Self.decay * weight
          }
          first = 0.9 * first + 0.1 * gradient
          second = 0.99 * second + 0.01 * gradient * gradient
          let deviation = (second / (1 - power(0.99, Double(step + 1)))).squareRoot() + 1e-6
          return weight - Self.rate * first / (1 - power(0.9, Double(step + 1))) / deviation
        }
      }
    }

    @Test(arguments: [(0.0, false), (0.9, false), (0.9, true)])
    func sgd(_ momentum: Double, _ isNesterov: Bool) {
      check(.sgd(momentum: Float(momentum), nesterov: isNesterov)) {
        var velocity = 0.0
        return { weight, gradient, step in
          let gradient = gradient + Self.decay * weight
          velocity = step == 0 ? gradient : momentum * velocity + gradient
          return weight - Self.rate * (isNesterov ? gradient + momentum * velocity : velocity)
        }
      }
    }

    @Test func adagrad() {
      check(.adagrad(epsilon: 1e-6)) {
        var sum = 0.0
        return { weight, gradient, _ in
          let gradient = gradient + Self.decay * weight
          sum += gradient * gradient
          return weight - Self.rate * gradient / (sum.squareRoot() + 1e-6)
        }
      }
    }

    @Test func adadelta() {
      check(.adadelta(rho: 0.9, epsilon: 1e-4)) {
        var (square, delta) = (0.0, 0.0)
        return { weight, gradient, _ in
          let gradient = gradient + Self.decay * weight
          square = 0.9 * square + 0.1 * gradient * gradient
          let change = ((delta + 1e-4) / (square + 1e-4)).squareRoot() * gradient
          delta = 0.9 * delta + 0.1 * change * change
          return weight - Self.rate * change
        }
      }
    }

    @Test(arguments: [0.0, 0.9]) func rmsprop(_ momentum: Double) {
      check(.rmsprop(alpha: 0.9, epsilon: 1e-6, momentum: Float(momentum))) {
        var (square, velocity) = (0.0, 0.0)
        return { weight, gradient, _ in
          let gradient = gradient + Self.decay * weight
          square = 0.9 * square + 0.1 * gradient * gradient
          velocity = momentum * velocity + gradient / (square.squareRoot() + 1e-6)
          return weight - Self.rate * velocity
        }
      }
    }

    @Test func lambKeepsTheRatioOfNorms() {
      // After one step from zero moments Adam's direction is the gradient's sign.
      let weight = Parameter("weight", Tensor([3, 4] as [Float]))
      var state = [Tensor.zeros([2]), Tensor.zeros([2])]
      UpdateRule.lamb(beta1: 0.9, beta2: 0.999, epsilon: 0).update(
        weight, along: Tensor([0.5, -2] as [Float]), state: &state,
        UpdateRule.Step(index: 0, rate: 0.1), decay: 0)
      let change = 0.1 * 5 / 2.0.squareRoot()
      expectClose(
        weight.value.floatElements, [3 - change, 4 + change], columns: 2, limit: 1e-6, "LAMB")
    }

    @Test func normsAndAverages() {
      let parameter = Parameter("weight", .ones([70_000]))
      let gradients = (parameter.value * 2).sum().gradients(of: [parameter])
      #expect((gradients.norm(of: [parameter]) - (4 * 70_000.0).squareRoot()).magnitude < 1e-6)
      var average = Tensor([1, 2] as [Float])
      average.blend(with: Tensor([3, 6] as [Float]), decay: 0.75)
      #expect(average.floatElements == [1.5, 3])
    }
  }
}
