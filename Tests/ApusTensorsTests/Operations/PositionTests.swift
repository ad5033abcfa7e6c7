import Foundation
import Testing

@testable import ApusTensors

extension TensorTests {
  @Suite struct PositionTests {
    /// Turns the pairs of queries and keys; values stay.
    private func rotated(
      _ x: [Double], positions: [Int], headCount: Int, headSize: Int, base: Double
    ) -> [Double] {
      let half = headSize / 2
      let model = headCount * headSize
      var result = x
      for (row, position) in positions.enumerated() {
        for head in 0..<2 * headCount {
          for pair in 0..<half {
            let angle = Double(position) * power(base, -Double(pair) / Double(half))
            let first = row * 3 * model + head * headSize + pair
            let (a, b) = (x[first], x[first + half])
            result[first] = a * cos(angle) - b * sin(angle)
            result[first + half] = a * sin(angle) + b * cos(angle)
          }
        }
      }
      return result
    }

    @Test func rotationAgreesWithReference() {
      let positions = [0, 1, 2, 0, 511]
      check(
        "rotated", [.wave([5, 36])],
        {
          ApusTensors.rotated(
            Sequences($0[0], offsets: [0, 3, 4, 5]), headCount: 2, base: 10_000,
            positions: Tensor(positions.map(Int32.init))
          ).values
        },
        reference: {
          rotated($0[0], positions: positions, headCount: 2, headSize: 6, base: 10_000)
        })
    }

    @Test func sumsOfEmbeddingsAgreeWithReference() {
      let words = [3, 1, 3, 0, 4, 2, 3]
      let segments = [0, 0, 1, 1, 0, 1, 0]
      check(
        "embeddingSum", [.weights([5, 9]), .weights([2, 9], seed: 2)],
        { tables in
          let wordIds = Tensor(words.map(Int32.init))
          let segmentIds = Tensor(segments.map(Int32.init))
          return embeddingSum([(wordIds, tables[0]), (segmentIds, tables[1])])
        },
        reference: { v in
          (0..<63).map { index -> Double in
            let (row, column) = index.quotientAndRemainder(dividingBy: 9)
            return v[0][words[row] * 9 + column] + v[1][segments[row] * 9 + column]
          }
        })
    }
  }
}
