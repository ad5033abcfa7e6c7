import ApusTensors
import Testing

extension TensorTests {
  @Suite struct AliasTableTests {
    @Test(arguments: [
      [1.0], [1, 1], [3, 1, 0, 6], [0, 0, 1, 0], (1...40).map { 1 / Double($0) },
    ])
    func evenDrawsGiveTheShares(_ weights: [Double]) {
      let table = AliasTable(weights)
      let total = weights.reduce(0, +)
      // Draws in even steps over all words of 32 bits.
      let drawCount = 200_003
      var counts = [Int](repeating: 0, count: weights.count)
      for index in 0..<drawCount {
        counts[table.number(for: UInt32(UInt64(index) << 32 / UInt64(drawCount)))] += 1
      }
      for (count, weight) in zip(counts, weights) {
        #expect(abs(Double(count) / Double(drawCount) - weight / total) < 5e-4)
        if weight == 0 { #expect(count == 0) }
      }
    }
  }
}
