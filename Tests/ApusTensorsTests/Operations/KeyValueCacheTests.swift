import Testing

@testable import ApusTensors

extension TensorTests {
  @Suite struct KeyValueCacheTests {
    /// Feeds two sequences element by element and compares with attention over the whole.
    @Test(arguments: [ScalarType.float32, .bfloat16])
    func cachedAttentionEqualsUncached(_ type: ScalarType) {
      let lengths = [37, 37]
      let x = Operand.wave([74, 3 * 12], scale: 1.5).tensor(type).tensor.detached
      let whole = attention(Sequences(x, lengths: lengths), headCount: 3, isCausal: true).values
      var cache = KeyValueCache(sequenceCount: 2, headCount: 3)
      for element in 0..<37 {
        let new = x.gathered([Int32(element), Int32(37 + element)])
        #expect(
          cache.positions(of: Sequences(new, lengths: [1, 1])).elements(as: Int32.self)
            == [Int32(element), Int32(element)])
        cache.append(Sequences(new, lengths: [1, 1]))
        let found = attention(new, cache: cache)
        let expected = whole.gathered([Int32(element), Int32(37 + element)])
        expectClose(
          found.floatElements, expected.floatElements.map(Double.init), columns: 12,
          limit: type == .float32 ? 2e-6 : 1e-2, "element \(element)")
      }
      #expect(cache.counts == lengths)
    }

    @Test func copiesGoTheirOwnWays() {
      let x = Operand.wave([5, 12]).tensor(.float32).tensor.detached
      var cache = KeyValueCache(sequenceCount: 2, headCount: 2)
      cache.append(Sequences(x, lengths: [3, 2]))
      let query = x.rows(0..<1)
      let both = attention(concatenated([query, query]), cache: cache)
      var swapped = cache.selecting([1, 0, 1])
      let chosen = attention(concatenated([query, query, query]), cache: swapped)
      #expect(chosen.floatElements == both.gathered([1, 0, 1]).floatElements)
      swapped.append(Sequences(x.rows(0..<3), lengths: [1, 1, 1]))
      #expect(cache.counts == [3, 2] && swapped.counts == [3, 4, 3])
      #expect(
        attention(concatenated([query, query]), cache: cache).floatElements == both.floatElements)
    }
  }
}
