import Testing

@testable import ApusTensors

extension TensorTests {
  @Suite struct CheckpointTests {
    /// A small network whose hidden layer may be checkpointed; one weight is used inside and
    /// outside, and a tracked tensor enters the block from outside.
    private struct Network {
      let inner = Parameter("inner", Operand.wave([8, 8]).tensor(.float32).tensor.detached)
      let shared = Parameter(
        "shared", Operand.wave([8, 8], seed: 2).tensor(.float32).tensor.detached)
      let input = Operand.wave([5, 8], seed: 3).tensor(.float32).tensor
      let side = Operand.wave([5, 8], seed: 4).tensor(.float32).tensor

      func results(checkpointing: Bool, nesting: Bool = false) -> [[Float]] {
        let sideState = side * 2
        let block = { (x: Tensor) -> Tensor in
          let dropped = Dropped(rate: 0.4, key: RandomKey(seed: 1, name: "block"))
          let hidden = linear(x, shared.value).gelu()
          return x + dropout(linear(hidden, inner.value), dropped) * sideState
        }
        var x = linear(input, shared.value)
        for _ in 0..<3 {
          x =
            nesting
            ? checkpointed(x) { checkpointed($0, block).tanh() }
            : checkpointing ? checkpointed(x, block).tanh() : block(x).tanh()
        }
        let loss = linear(x, shared.value).square().mean()
        return [loss.floatElements]
          + loss.gradients(of: [inner.value, shared.value, input, side]).map(\.floatElements)
      }
    }

    @Test func checkpointingChangesNoBit() {
      let network = Network()
      let plain = network.results(checkpointing: false)
      for values in plain { #expect(values.contains { $0 != 0 }) }
      #expect(network.results(checkpointing: true) == plain)
      #expect(network.results(checkpointing: true, nesting: true) == plain)
    }

    @Test func inputsGetTheirGradients() {
      let (x, y) = (Tensor([1, 2] as [Float]).tracked, Tensor([3, 5] as [Float]).tracked)
      let captured = Tensor([2, 2] as [Float]).tracked
      let results = checkpointed([x, y * 2]) { [$0[0] * $0[1], $0[0] + captured] }
      let gradients = (results[0] + results[1]).sum().gradients(of: [x, y, captured])
      #expect(gradients.map(\.floatElements) == [[7, 11], [2, 4], [1, 1]])
      let unused = checkpointed([x]) { [$0[0] * 2, $0[0] * 3] }
      #expect(unused[1].sum().gradients(of: [x])[0].floatElements == [3, 3])
    }

    @Test func nothingIsKeptBetweenTheRuns() {
      let x = Tensor.ones([256, 256]).tracked
      func deep(_ x: Tensor) -> Tensor { (0..<10).reduce(x) { x, _ in x.tanh() } }
      func held(_ body: (Tensor) -> Tensor) -> Int {
        let before = MemoryPool.statistics.usedBytes
        let result = body(x)
        return withExtendedLifetime(result) { MemoryPool.statistics.usedBytes - before }
      }
      #expect(held(deep) >= 10 * x.count * 4)
      #expect(held { checkpointed($0, deep) } <= 2 * x.count * 4)
    }

    @Test func nothingIsRecomputedWithoutGradients() {
      let x = Tensor([1] as [Float]).tracked
      #expect(withoutGradients { !checkpointed(x) { $0 * 2 }.isTracked })
    }
  }
}
