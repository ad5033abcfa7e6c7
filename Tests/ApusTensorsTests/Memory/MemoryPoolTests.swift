import Testing

@testable import ApusTensors

extension TensorTests {
  @Suite struct MemoryPoolTests {
    private let weight = Parameter(
      "weight", Operand.wave([16, 16]).tensor(.float32).tensor.detached)

    private func step(_ rows: Int) {
      let x = Operand.wave([rows, 16]).tensor(.bfloat16).tensor.detached
      let hidden = linear(x, weight.value).gelu()
      let loss = (hidden.softmax() * hidden + 1).sum(axis: 1).mean()
      _ = loss.gradients(of: [weight])
    }

    @Test func noTensorOutlivesItsStep() {
      // The weights are kept in a layout for few rows and in one for many.
      step(5)
      step(9)
      let before = MemoryPool.statistics.usedBytes
      step(5)
      step(9)
      #expect(MemoryPool.statistics.usedBytes == before)
    }

    @Test func laterStepsAllocateNothing() {
      for _ in 0..<3 { step(100) }
      let before = MemoryPool.statistics.systemAllocations
      for rows in [100, 90, 100] { step(rows) }
      #expect(MemoryPool.statistics.systemAllocations == before)
    }

    @Test func gradientsAreAddedInPlace() {
      var sum: Gradient? = .dense(Tensor.ones([1000]))
      let addend = Tensor.ones([1000])
      MemoryPool.trim()
      let before = MemoryPool.statistics.systemAllocations
      sum.add(.dense(addend))
      #expect(MemoryPool.statistics.systemAllocations == before)
      #expect(sum?.tensor.floatElements == Array(repeating: 2, count: 1000))
    }

    @Test func sizeClassesHoldWhatTheyPromise() {
      for byteCount in [0, 1, 255, 256, 257, 1000, 1024, 4097, 1 << 20, (1 << 20) + 1, 123_456_789]
      {
        let sizeClass = SizeClass(holding: byteCount)
        #expect(sizeClass.byteCount >= byteCount)
        #expect(SizeClass(index: sizeClass.index).byteCount == sizeClass.byteCount)
        if byteCount > 1024 { #expect(sizeClass.byteCount * 4 <= byteCount * 5) }
      }
    }

    @Test func writingCopiesWhatIsShared() {
      let x = Tensor([1, 2, 3, 4] as [Float])
      var y = x.rows(1..<3)
      y.mutate(as: Float.self) { $0[0] = 9 }
      #expect(x.floatElements == [1, 2, 3, 4])
      #expect(y.floatElements == [9, 3])
    }

    @Test func trimmingGivesFreeBlocksBack() {
      step(50)
      MemoryPool.trim()
      let statistics = MemoryPool.statistics
      #expect(statistics.heldBytes == statistics.usedBytes)
      #expect(statistics.peakUsedBytes >= statistics.usedBytes)
    }
  }
}
