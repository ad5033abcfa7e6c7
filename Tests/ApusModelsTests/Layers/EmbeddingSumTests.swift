import ApusTensors
import Testing

@Suite struct EmbeddingSumTests {
  @Test func sumsRowsAndScattersGradients() {
    let words = Tensor((0..<35).map { Float($0) * 0.25 }, [7, 5]).tracked
    let segments = Tensor((0..<10).map { Float($0) - 3 }, [2, 5]).tracked
    let ids: [Int32] = [6, 0, 6, 3]
    let parts: [Int32] = [1, 1, 0, 1]
    let sum = embeddingSum([(Tensor(ids), words), (Tensor(parts), segments)])
    for row in 0..<4 {
      for column in 0..<5 {
        let expected =
          words.detached.floatElements[Int(ids[row]) * 5 + column]
          + segments.detached.floatElements[Int(parts[row]) * 5 + column]
        #expect(sum.detached.floatElements[row * 5 + column] == expected)
      }
    }
    let seed = Tensor((0..<20).map { Float($0 + 1) }, [4, 5])
    let gradients = sum.gradients(of: [words, segments], seed: seed)
    var (wordSums, segmentSums) = (
      [Float](repeating: 0, count: 35), [Float](repeating: 0, count: 10)
    )
    for row in 0..<4 {
      for column in 0..<5 {
        wordSums[Int(ids[row]) * 5 + column] += Float(row * 5 + column + 1)
        segmentSums[Int(parts[row]) * 5 + column] += Float(row * 5 + column + 1)
      }
    }
    #expect(gradients[0].floatElements == wordSums)
    #expect(gradients[1].floatElements == segmentSums)
  }

  @Test func isOneTableTooAndNothingOfNothing() {
    let table = Tensor([1, 2, 3, 4] as [Float], [2, 2])
    #expect(embeddingSum([(Tensor([1] as [Int32]), table)]).floatElements == [3, 4])
    #expect(embeddingSum([(Tensor([Int32]()), table)]).shape == [0, 2])
  }
}
