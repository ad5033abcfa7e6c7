import Testing

@testable import ApusTensors

extension TensorTests {
  @Suite struct WeightedRowsTests {
    /// One sequence of one id, one of none, and one that names a row twice.
    private static let lengths = [3, 0, 1, 5]
    private static let ids: [Int32] = [4, 0, 2, 6, 1, 1, 5, 0, 3]

    @Test(arguments: [1, 7, 40]) func agreesWithItsDefinition(_ columns: Int) {
      check(
        "weightedRows", [.wave([9]), .wave([7, columns], seed: 2)], types: [.float32],
        {
          weightedRows(
            Sequences(Tensor(Self.ids), lengths: Self.lengths), weights: $0[0], of: $0[1])
        },
        reference: { values in
          var sums = [Double](repeating: 0, count: Self.lengths.count * columns)
          var element = 0
          for (row, length) in Self.lengths.enumerated() {
            for _ in 0..<length {
              for column in 0..<columns {
                sums[row * columns + column] +=
                  values[0][element] * values[1][Int(Self.ids[element]) * columns + column]
              }
              element += 1
            }
          }
          return sums
        })
    }

    @Test func manyRowsGiveTheSameOnMoreThreads() {
      let former = Processor.threadCount
      defer { Processor.threadCount = former }
      let lengths = (0..<64).map { 3 + $0 % 9 }
      let count = lengths.reduce(0, +)
      let ids = Sequences(Tensor((0..<count).map { Int32($0 * 37 % 500) }), lengths: lengths)
      let weights = Operand.wave([count]).tensor(.float32).tensor.detached
      func results() -> [[Float]] {
        let table = Operand.wave([500, 96], seed: 2).tensor(.float32).tensor
        let sums = weightedRows(ids, weights: weights, of: table)
        let gradient = sums.gradients(of: [table], seed: sums.detached)[0]
        return [sums.floatElements, gradient.floatElements]
      }
      Processor.threadCount = 1
      let single = results()
      Processor.threadCount = 3
      #expect(results() == single)
    }
  }
}
