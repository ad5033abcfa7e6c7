import ApusTensors
import Testing

@Suite struct ConcurrencyTests {
  /// Products of one shape share what the matrix engine prepared; their operands must not meet.
  @Test func productsOfSeveralTasksDoNotMix() async {
    let mixed = await withTaskGroup(of: Int.self) { group in
      for task in 0..<4 {
        group.addTask {
          let (x, w) = (Self.matrix([32, 24], task), Self.matrix([96, 24], task + 9))
          let expected = linear(x, w).floatElements
          return (0..<2000).count { _ in linear(x, w).floatElements != expected }
        }
      }
      return await group.reduce(0, +)
    }
    #expect(mixed == 0)
  }

  private static func matrix(_ shape: [Int], _ seed: Int) -> Tensor {
    .uniform(shape, -1, 1, RandomKey(seed: UInt64(seed), name: "matrix"))
  }
}
