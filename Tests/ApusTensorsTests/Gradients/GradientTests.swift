import Testing

@testable import ApusTensors

extension TensorTests {
  @Suite struct GradientTests {
    @Test func contributionsOfAllUsesAreAdded() {
      let x = Tensor([2] as [Float]).tracked
      var y = x
      for _ in 0..<10 { y = y + x }
      #expect(y.gradients(of: [x])[0].floatElements == [11])
    }

    @Test func whatDoesNotDependHasZeros() {
      let x = Tensor.ones([2, 3]).tracked
      let y = Tensor.ones([2]).tracked
      let gradients = (x * 2).sum().gradients(of: [x, y])
      #expect(gradients[0].floatElements == Array(repeating: 2, count: 6))
      #expect(gradients[1].floatElements == [0, 0])
      #expect(Tensor(3).gradients(of: [y])[0].floatElements == [0, 0])
    }

    @Test func nothingIsRecordedWithoutGradients() {
      let x = Tensor.ones([2]).tracked
      let inside = withoutGradients { (x * x).sum() }
      #expect(!inside.isTracked)
      #expect((x * x).isTracked)
      #expect(!(x.detached * 2).isTracked)
      #expect(withoutGradients { withGradients { (x * x).isTracked } })
    }

    @Test func parametersGetTheirGradients() {
      let weight = Parameter("weight", Tensor([1, 2] as [Float]))
      let other = Parameter("other", Tensor([5] as [Float]))
      var gradients = (weight.value * weight.value).sum().gradients(of: [weight, other])
      #expect(gradients[weight]?.floatElements == [2, 4])
      #expect(gradients[other] == nil)
      gradients.add((weight.value * 3).sum().gradients(of: [weight, other]))
      gradients.add((other.value * 3).sum().gradients(of: [weight, other]))
      #expect(gradients.take(weight)?.floatElements == [5, 7])
      #expect(gradients[weight] == nil)
      #expect(gradients[other]?.floatElements == [3])
    }

    @Test func updatesLeaveValuesThatAreStillHeld() {
      let weight = Parameter("weight", Tensor([1] as [Float]))
      let before = weight.value
      weight.update { value in value.mutate(as: Float.self) { $0[0] = 7 } }
      #expect(before.floatElements == [1])
      #expect(weight.value.floatElements == [7])
    }

    @Test func longChainsNeedNoStack() {
      let x = Tensor(1).tracked
      var y = x
      for _ in 0..<100_000 { y = y.reshaped([]) }
      #expect(y.gradients(of: [x])[0].scalar == 1)
      var abandoned = x
      for _ in 0..<100_000 { abandoned = abandoned + x }
      #expect(abandoned.scalar == 100_001)
    }

    @Test func anUsedGraphIsRefused() async {
      await #expect(processExitsWith: .failure) {
        let x = Tensor(2).tracked
        let y = x * x
        _ = y.gradients(of: [x])
        _ = y.gradients(of: [x])
      }
    }
  }
}
