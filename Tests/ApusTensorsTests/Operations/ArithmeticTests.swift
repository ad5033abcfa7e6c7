import Testing

@testable import ApusTensors

extension TensorTests {
  @Suite struct ArithmeticTests {
    /// Operand shapes and where each result element comes from in them.
    static let shapes: [([Int], [Int])] = [
      ([3, 7], [3, 7]), ([3, 7], [7]), ([3, 7], [3, 1]), ([3, 7], []), ([1], [5, 3]),
      ([2, 3, 5], [3, 1]), ([2, 1, 5], [3, 1]), ([2, 3, 1, 5], [1, 3, 4, 1]),
    ]

    @Test(arguments: shapes) func arithmeticAgreesWithReference(_ a: [Int], _ b: [Int]) {
      let operands = [Operand.wave(a), .wave(b, seed: 2, scale: 0.5, shift: 1.5)]
      func broadcast(_ operation: @escaping (Double, Double) -> Double) -> Reference {
        { values in
          let shape = broadcastReferenceShape(a, b)
          return (0..<shape.reduce(1, *)).map { index in
            operation(
              values[0][sourceIndex(index, in: shape, of: a)],
              values[1][sourceIndex(index, in: shape, of: b)])
          }
        }
      }
      check("+", operands, { $0[0] + $0[1] }, reference: broadcast(+))
      check("-", operands, { $0[0] - $0[1] }, reference: broadcast(-))
      check("*", operands, { $0[0] * $0[1] }, reference: broadcast(*))
      check("/", operands, { $0[0] / $0[1] }, reference: broadcast(/))
      let near = [operands[0], Operand.wave(b, seed: 2)]
      check("minimum", near, { minimum($0[0], $0[1]) }, reference: broadcast { min($0, $1) })
      check("maximum", near, { maximum($0[0], $0[1]) }, reference: broadcast { max($0, $1) })
    }

    @Test func numbersTakeTheTypeOfTheTensor() {
      let x = Tensor([1.5, -2] as [Float])
      #expect((x + 1).floatElements == [2.5, -1])
      #expect((1 - x).floatElements == [-0.5, 3])
      #expect((2 * x).floatElements == [3, -4])
      #expect((x / 2).floatElements == [0.75, -1])
      #expect((3 / x).floatElements == [2, -1.5])
      let half = x.converted(to: .bfloat16)
      #expect((half * 2 - 1).type == .bfloat16)
      #expect((half * x).type == .float32)
    }

    @Test func gradientsOfOneOperandTwiceAreAdded() {
      let x = Tensor([3, 4] as [Float]).tracked
      let y = (x * x + x).sum()
      #expect(y.gradients(of: [x])[0].floatElements == [7, 9])
    }

    @Test func comparisonsGiveMasks() {
      let a = Tensor([1, 2, 3] as [Float])
      let b = Tensor([3, 2, 1] as [Float])
      #expect(a.less(than: b).floatElements == [1, 0, 0])
      #expect(a.lessOrEqual(to: b).floatElements == [1, 1, 0])
      #expect(a.greater(than: b).floatElements == [0, 0, 1])
      #expect(a.greaterOrEqual(to: 2).floatElements == [0, 1, 1])
      #expect(a.equal(to: b).floatElements == [0, 1, 0])
      // As Float32 these ids would be the same.
      let ids = Tensor([16_777_216, 16_777_217] as [Int32])
      #expect(ids.equal(to: Tensor([16_777_217] as [Int32])).floatElements == [0, 1])
      #expect(ids.equal(to: 16_777_216).floatElements == [1, 0])
      #expect(ids.less(than: Tensor([16_777_217] as [Int32])).floatElements == [1, 0])
    }

    @Test func selectionIgnoresWhatIsNotSelected() {
      let mask = Tensor([1, 0, 1] as [Float])
      let nan = Tensor([1, .nan, 2] as [Float])
      #expect(selected(where: mask, nan, Tensor(5)).floatElements == [1, 5, 2])
      check(
        "selected", [.wave([2, 3]), .wave([3], seed: 4)],
        { selected(where: mask, $0[0], $0[1]) },
        reference: { v in (0..<6).map { $0 % 3 == 1 ? v[1][$0 % 3] : v[0][$0] } })
    }

    @Test func largeOperandsAgreeWithSmallPieces() {
      // Long enough for several threads, and no multiple of any vector's length.
      let rows = 67
      let x = Operand.wave([rows, 1231]).tensor(.float32).tensor
      let bias = Operand.wave([1231], seed: 3).tensor(.float32).tensor
      let whole = x * bias + 1
      for row in [0, 13, rows - 1] {
        #expect(
          whole.rows(row..<row + 1).floatElements
            == (x.rows(row..<row + 1) * bias + 1).floatElements)
      }
    }
  }
}

private func broadcastReferenceShape(_ a: [Int], _ b: [Int]) -> [Int] {
  let rank = max(a.count, b.count)
  let first = Array(repeating: 1, count: rank - a.count) + a
  let second = Array(repeating: 1, count: rank - b.count) + b
  return zip(first, second).map { max($0, $1) }
}

/// The element of an operand that the result's element of a number is made from.
func sourceIndex(_ index: Int, in shape: [Int], of operand: [Int]) -> Int {
  var (rest, result, stride) = (index, 0, 1)
  for axis in shape.indices.reversed() {
    let position = rest % shape[axis]
    rest /= shape[axis]
    let own = axis - (shape.count - operand.count)
    guard own >= 0 else { continue }
    if operand[own] != 1 { result += position * stride }
    stride *= operand[own]
  }
  return result
}
