import CApusKernels
import Testing

@testable import ApusTensors

extension TensorTests {
  @Suite struct AttentionTests {
    /// Softmax(q·k / √size) v of each head of each sequence, written out.
    private func reference(
      _ x: [Double], offsets: [Int], headCount: Int, size: Int, isCausal: Bool, dropout: Dropped?
    ) -> [Double] {
      let model = headCount * size
      var result = Array(repeating: 0.0, count: x.count / 3)
      for (start, end) in zip(offsets, offsets.dropFirst()) {
        for head in 0..<headCount {
          func element(_ row: Int, _ part: Int, _ index: Int) -> Double {
            x[row * 3 * model + part * model + head * size + index]
          }
          for query in start..<end {
            let keys = Array(start..<(isCausal ? query + 1 : end))
            let scores = keys.map { key in
              (0..<size).reduce(0) { $0 + element(query, 0, $1) * element(key, 1, $1) }
                / Double(size).squareRoot()
            }
            var weights = softmaxRows(scores, columns: keys.count)
            if let dropout {
              // Each query and head has a stream of its own.
              let first = (query * headCount + head) << 26
              for index in keys.indices { weights[index] *= dropoutFactor(dropout, first + index) }
            }
            for index in 0..<size {
              result[query * model + head * size + index] = zip(keys, weights)
                .reduce(0) { $0 + $1.1 * element($1.0, 2, index) }
            }
          }
        }
      }
      return result
    }

    @Test(arguments: [false, true], [Float(0), 0.3])
    func attentionAgreesWithReference(_ isCausal: Bool, _ rate: Float) {
      let offsets = [0, 1, 6, 6, 23]
      let dropout = rate > 0 ? Dropped(rate: rate, key: RandomKey(seed: 3, name: "scores")) : nil
      check(
        "attention", [.wave([23, 18], scale: 1.5)], tolerance: 1e-5, bfloat16Tolerance: 2e-2,
        {
          attention(
            Sequences($0[0], offsets: offsets), headCount: 2, isCausal: isCausal, dropout: dropout
          ).values
        },
        reference: {
          reference(
            $0[0], offsets: offsets, headCount: 2, size: 3, isCausal: isCausal, dropout: dropout)
        })
    }

    @Test(arguments: [false, true])
    func longSequencesAgreeWithReference(_ isCausal: Bool) {
      // More queries than one block, and a head that fills no vector.
      let offsets = [0, 101, 150]
      let x = Operand.wave([150, 3 * 20], scale: 2).tensor(.float32)
      let result = attention(
        Sequences(x.tensor, offsets: offsets), headCount: 1, isCausal: isCausal)
      let expected = reference(
        x.values, offsets: offsets, headCount: 1, size: 20, isCausal: isCausal, dropout: nil)
      expectClose(
        result.values.floatElements, expected, columns: 20, limit: 1e-5, "attention over 101")
      // The gradient along one direction, by central differences.
      let direction = Operand.wave([150, 60], seed: 5).values
      let seed = Operand.wave([150, 20], seed: 6).tensor(.float32)
      func weighted(_ step: Double) -> Double {
        zip(
          reference(
            zip(x.values, direction).map { $0 + step * $1 }, offsets: offsets, headCount: 1,
            size: 20, isCausal: isCausal, dropout: nil), seed.values
        ).reduce(0) { $0 + $1.0 * $1.1 }
      }
      let gradient = result.values.gradients(of: [x.tensor], seed: seed.tensor.detached)[0]
      let found = zip(gradient.floatElements, direction).reduce(0) { $0 + Double($1.0) * $1.1 }
      let slope = (weighted(1e-5) - weighted(-1e-5)) / 2e-5
      #expect((found - slope).magnitude < 1e-4 * slope.magnitude, "got \(found), expected \(slope)")
    }

    @Test func batchMatesAndThreadsChangeNothing() {
      let x = Operand.wave([60, 48]).tensor(.float32).tensor.detached
      let threads = apus_thread_count()
      defer { apus_set_thread_count(threads) }
      let results = [Int32(1), 2].map { count in
        apus_set_thread_count(count)
        return attention(Sequences(x, offsets: [0, 9, 55, 60]), headCount: 4, isCausal: true)
          .values.floatElements
      }
      #expect(results[0] == results[1])
      let alone = attention(
        Sequences(x.rows(9..<55), offsets: [0, 46]), headCount: 4, isCausal: true)
      #expect(alone.values.floatElements == Array(results[0][9 * 16..<55 * 16]))
    }
  }
}
