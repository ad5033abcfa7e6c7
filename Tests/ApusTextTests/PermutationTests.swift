import Testing

@testable import ApusText

@Suite struct PermutationTests {
  @Test(arguments: [1, 2, 3, 4, 5, 7, 16, 17, 64, 65, 1000, 4096, 10007])
  func visitsEachElementOnce(_ count: Int) {
    for key in [0, 1, 0xDEAD_BEEF] as [UInt64] {
      let permutation = Permutation(count: count, key: key)
      #expect((0..<count).map { permutation[$0] }.sorted() == Array(0..<count))
      #expect((0..<count).allSatisfy { permutation.index(of: permutation[$0]) == $0 })
    }
  }

  @Test func handlesLargeCounts() {
    let permutation = Permutation(count: (1 << 60) + 3, key: 7)
    for index in stride(from: 0, to: 1 << 60, by: 1 << 53) {
      #expect(permutation.index(of: permutation[index]) == index)
    }
  }

  @Test func dependsOnTheKey() {
    let orders = (0..<100 as Range<UInt64>).map { key in
      let permutation = Permutation(count: 1000, key: key)
      return (0..<1000).map { permutation[$0] }
    }
    #expect(Set(orders).count == 100)
  }

  /// The place of each element over many keys spreads evenly: χ² of 16 cells, 15 degrees of
  /// freedom, stays below 60 (p ≈ 2·10⁻⁷ each).
  @Test func placesAreUniform() {
    for element in 0..<16 {
      var cells = [Int](repeating: 0, count: 16)
      for key in 0..<3200 {
        cells[Permutation(count: 16, key: UInt64(key)).index(of: element)] += 1
      }
      let chiSquare = cells.reduce(0.0) { $0 + Double(($1 - 200) * ($1 - 200)) / 200 }
      #expect(chiSquare < 60)
    }
  }
}
