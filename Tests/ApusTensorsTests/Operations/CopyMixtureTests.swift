import ApusTensors
import Foundation
import Testing

extension TensorTests {
  @Suite struct CopyMixtureTests {
    /// Three pairs; targets of 0 to 4 are of the vocabulary.
    private let targetOffsets = [0, 2, 3, 6]
    private let targets: [Int32] = [3, 6, 1, 4, 5, 2]
    private let sourceOffsets = [0, 3, 4, 8]
    private let sources: [Int32] = [6, 3, 6, 1, 5, 4, 2, 5]

    @Test func agreesWithReference() {
      let pairs: [(target: Int32, source: Range<Int>)] = targets.indices.map { row in
        let pair = targetOffsets.lastIndex { $0 <= row } ?? 0
        return (targets[row], sourceOffsets[pair]..<sourceOffsets[pair + 1])
      }
      let weightCount = pairs.reduce(0) { $0 + $1.source.count }
      check(
        "copyMixture",
        [.wave([6]), .wave([6], seed: 2), .wave([weightCount], seed: 3)], types: [.float32],
        tolerance: 1e-5,
        {
          // Positive, as losses and weights are.
          copyMixture(
            $0[0] * $0[0], gates: $0[1], weights: $0[2] * $0[2] + 0.01,
            targets: Sequences(Tensor(targets), offsets: targetOffsets),
            sources: Sequences(Tensor(sources), offsets: sourceOffsets), vocabularySize: 5)
        },
        reference: { x in
          var start = 0
          return pairs.enumerated().map { row, pair in
            defer { start += pair.source.count }
            let gate = 1 / (1 + exp(-x[1][row]))
            let written = pair.target < 5 ? exp(-x[0][row] * x[0][row]) : 0
            let copied = pair.source.reduce(0.0) { sum, place in
              let weight = x[2][start + place - pair.source.lowerBound]
              return sources[place] == pair.target ? sum + weight * weight + 0.01 : sum
            }
            return -log(gate * written + (1 - gate) * copied)
          }
        })
    }

    /// A target that is neither of the vocabulary nor in its source.
    @Test func impossibleTargetsHaveFiniteLosses() {
      let loss = copyMixture(
        Tensor([Float(1)]), gates: Tensor([Float(0)]), weights: Tensor([Float(1)]),
        targets: Sequences(ids: [[7]]), sources: Sequences(ids: [[6]]), vocabularySize: 5)
      #expect(loss.scalar.isFinite && loss.scalar > 20)
    }
  }
}
