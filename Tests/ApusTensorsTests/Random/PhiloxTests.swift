import Testing

@testable import ApusTensors

extension TensorTests {
  @Suite struct PhiloxTests {
    /// The vectors that Random123 publishes for philox4x32 with ten rounds.
    @Test func knownAnswers() {
      #expect(
        Philox.block(counter: .zero, key: .zero)
          == SIMD4(0x6627_E8D5, 0xE169_C58D, 0xBC57_AC4C, 0x9B00_DBD8))
      #expect(
        Philox.block(counter: SIMD4(repeating: .max), key: SIMD2(repeating: .max))
          == SIMD4(0x408F_276D, 0x41C8_3B0E, 0xA20B_C7C6, 0x6D54_51FD))
      #expect(
        Philox.block(
          counter: SIMD4(0x243F_6A88, 0x85A3_08D3, 0x1319_8A2E, 0x0370_7344),
          key: SIMD2(0xA409_3822, 0x299F_31D0))
          == SIMD4(0xD16C_FE09, 0x94FD_CCEB, 0x5001_E420, 0x2412_6EA1))
    }

    @Test func kernelAndSwiftAgree() {
      let key = RandomKey(seed: 42, step: 1 << 40, name: "kernel")
      let drawn = Tensor.uniform([10_001], 0, 1, key).floatElements
      let expected = drawn.indices.map {
        Float(key.block(UInt64($0 / 4))[$0 % 4] >> 8) * 0x1p-24
      }
      #expect(drawn == expected)
    }

    @Test func uniformNumbersStayBelowTheirEnd() {
      // Between these ends lie three more numbers, so that an eighth of all draws would round up.
      let end = 1 + 4 * Float.ulpOfOne
      let drawn = Tensor.uniform([1000], 1, end, RandomKey(seed: 1, name: "ends")).floatElements
      for x in drawn { #expect(x >= 1 && x < end) }
    }

    @Test func keysDifferInEachOfTheirParts() {
      let key = RandomKey(seed: 1, step: 2, name: "a")
      let others = [
        RandomKey(seed: 2, step: 2, name: "a"), RandomKey(seed: 1, step: 3, name: "a"),
        RandomKey(seed: 1, step: 2, name: "b"), key.split(0), key.split(1), key.split("a"),
      ]
      #expect(Set((others + [key]).map { $0.block(0) }).count == 7)
      #expect(RandomKey(seed: 1, step: 2, name: "a") == key)
    }

    @Test func streamsAreEvenlySpread() {
      var stream = RandomStream(RandomKey(seed: 9, name: "stream"))
      var counts = Array(repeating: 0, count: 7)
      for _ in 0..<70_000 { counts[stream.below(7)] += 1 }
      // Five standard deviations of a binomial distribution.
      #expect(counts.allSatisfy { ($0 - 10_000).magnitude < 465 })
      let uniform = (0..<10_000).map { _ in stream.uniform() }
      #expect(uniform.allSatisfy { $0 >= 0 && $0 < 1 })
      #expect((uniform.reduce(0, +) / 10_000 - 0.5).magnitude < 0.0145)
    }
  }
}
