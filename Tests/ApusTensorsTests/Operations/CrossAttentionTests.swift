import Testing

@testable import ApusTensors

extension TensorTests {
  @Suite struct CrossAttentionTests {
    /// Queries of four sequences over three sources, of which one is empty and one is left out in the
    /// second form; and more queries than are scored at once in the third.
    struct Form: Sendable {
      let queryOffsets, keyOffsets: [Int]
      var sources: [Int]?
    }

    static let forms = [
      Form(queryOffsets: [0, 2, 2, 5, 6], keyOffsets: [0, 3, 4, 4, 9]),
      Form(queryOffsets: [0, 1, 2], keyOffsets: [0, 3, 4, 9], sources: [2, 0]),
    ]

    /// Σ softmax(score) value of each query, one after the other.
    private func reference(
      _ form: Form, queryCount: Int, valueSize: Int, score: (_ query: Int, _ key: Int) -> Double,
      value: (_ key: Int, _ index: Int) -> Double
    ) -> [Double] {
      var result = [Double](repeating: 0, count: queryCount * valueSize)
      for sequence in 0..<form.queryOffsets.count - 1 {
        let source = form.sources?[sequence] ?? sequence
        let keys = Array(form.keyOffsets[source]..<form.keyOffsets[source + 1])
        guard !keys.isEmpty else { continue }
        for query in form.queryOffsets[sequence]..<form.queryOffsets[sequence + 1] {
          let weights = softmaxRows(keys.map { score(query, $0) }, columns: keys.count)
          for index in 0..<valueSize {
            result[query * valueSize + index] = zip(keys, weights)
              .reduce(0) { $0 + $1.1 * value($1.0, index) }
          }
        }
      }
      return result
    }

    @Test(arguments: forms.indices)
    func dotAttentionAgreesWithReference(_ index: Int) {
      let form = Self.forms[index]
      let (queries, keys) = (form.queryOffsets.last ?? 0, form.keyOffsets.last ?? 0)
      // Scores of like size: the gradient of one weight near 1 is all rounding.
      check(
        "dotAttention", [.wave([queries, 18], scale: 0.2), .wave([keys, 18], seed: 2)],
        tolerance: 1e-5, bfloat16Tolerance: 3e-2,
        {
          dotAttention(
            Sequences($0[0], offsets: form.queryOffsets),
            to: Sequences($0[1], offsets: form.keyOffsets), of: form.sources
          ).values
        },
        reference: { x in
          reference(form, queryCount: queries, valueSize: 18) { query, key in
            (0..<18).reduce(0) { $0 + x[0][query * 18 + $1] * x[1][key * 18 + $1] }
          } value: {
            x[1][$0 * 18 + $1]
          }
        })
    }

    @Test(arguments: forms.indices, [Float(0), 0.3])
    func headsAgreeWithReference(_ index: Int, _ rate: Float) {
      let form = Self.forms[index]
      let (queries, keys) = (form.queryOffsets.last ?? 0, form.keyOffsets.last ?? 0)
      let dropout = rate > 0 ? Dropped(rate: rate, key: RandomKey(seed: 3, name: "scores")) : nil
      check(
        "attention", [.wave([queries, 6], scale: 1.5), .wave([keys, 12], seed: 2)],
        tolerance: 1e-5, bfloat16Tolerance: 2e-2,
        {
          attention(
            Sequences($0[0], offsets: form.queryOffsets),
            to: Sequences($0[1], offsets: form.keyOffsets), of: form.sources, headCount: 2,
            dropout: dropout
          ).values
        },
        reference: { x in
          var result = [Double](repeating: 0, count: queries * 6)
          for sequence in 0..<form.queryOffsets.count - 1 {
            let source = form.sources?[sequence] ?? sequence
            let keys = Array(form.keyOffsets[source]..<form.keyOffsets[source + 1])
            guard !keys.isEmpty else { continue }
            for query in form.queryOffsets[sequence]..<form.queryOffsets[sequence + 1] {
              for head in 0..<2 {
                let scores = keys.map { key in
                  (0..<3).reduce(0) {
                    $0 + x[0][query * 6 + head * 3 + $1] * x[1][key * 12 + head * 3 + $1]
                  } / 3.0.squareRoot()
                }
                var weights = softmaxRows(scores, columns: keys.count)
                if let dropout {
                  let first = (query * 2 + head) << 26
                  for index in keys.indices {
                    weights[index] *= dropoutFactor(dropout, first + index)
                  }
                }
                for index in 0..<3 {
                  result[query * 6 + head * 3 + index] = zip(keys, weights)
                    .reduce(0) { $0 + $1.1 * x[1][$1.0 * 12 + 6 + head * 3 + index] }
                }
              }
            }
          }
          return result
        })
    }

    @Test(arguments: forms.indices)
    func additiveAttentionAgreesWithReference(_ index: Int) {
      let form = Self.forms[index]
      let (queries, keys) = (form.queryOffsets.last ?? 0, form.keyOffsets.last ?? 0)
      check(
        "additiveAttention",
        [
          .wave([queries, 19]), .wave([keys, 19], seed: 2), .wave([keys, 5], seed: 3),
          .weights([19], seed: 4, scale: 0.5),
        ], tolerance: 1e-5, bfloat16Tolerance: 2e-2,
        {
          additiveAttention(
            Sequences($0[0], offsets: form.queryOffsets),
            keys: Sequences($0[1], offsets: form.keyOffsets), values: $0[2], $0[3],
            of: form.sources
          ).context.values
        },
        reference: { x in
          reference(form, queryCount: queries, valueSize: 5) { query, key in
            (0..<19).reduce(0) {
              $0 + x[3][$1] * hyperbolicTangent(x[0][query * 19 + $1] + x[1][key * 19 + $1])
            }
          } value: {
            x[2][$0 * 5 + $1]
          }
        })
    }

    /// Weighted states and weights side by side, so that gradients come back by both.
    @Test(arguments: forms.indices, [false, true])
    func observedAttentionAgreesWithReference(_ index: Int, _ isAdditive: Bool) {
      let form = Self.forms[index]
      let (queries, keys) = (form.queryOffsets.last ?? 0, form.keyOffsets.last ?? 0)
      check(
        "observed attention",
        [
          .wave([queries, 6], scale: 0.5), .wave([keys, 6], seed: 2),
          .weights([6], seed: 4, scale: 0.5),
        ], types: [.float32], tolerance: 2e-5,
        {
          let rows = Sequences($0[0], offsets: form.queryOffsets)
          let memory = Sequences($0[1], offsets: form.keyOffsets)
          let (context, weights) =
            isAdditive
            ? additiveAttention(
              rows, keys: memory, values: memory.values, $0[2], of: form.sources)
            : observedDotAttention(rows, to: memory, of: form.sources)
          return concatenated([
            context.values.reshaped([context.values.count]), weights,
            $0[2],
          ])
        },
        reference: { x in
          func score(_ query: Int, _ key: Int) -> Double {
            (0..<6).reduce(0) {
              let (q, k) = (x[0][query * 6 + $1], x[1][key * 6 + $1])
              return $0 + (isAdditive ? x[2][$1] * hyperbolicTangent(q + k) : q * k)
            }
          }
          let context = reference(
            form, queryCount: queries, valueSize: 6, score: score, value: { x[1][$0 * 6 + $1] })
          let weights = (0..<form.queryOffsets.count - 1).flatMap { sequence in
            let source = form.sources?[sequence] ?? sequence
            let seen = form.keyOffsets[source]..<form.keyOffsets[source + 1]
            return (form.queryOffsets[sequence]..<form.queryOffsets[sequence + 1]).flatMap {
              query in
              seen.isEmpty
                ? [] : softmaxRows(seen.map { score(query, $0) }, columns: seen.count)
            }
          }
          return context + weights + x[2]
        })
    }

    @Test func weightsAreThoseOfTheResult() {
      let queries = Sequences(Operand.wave([5, 6]).tensor(.float32).tensor, offsets: [0, 2, 5])
      let seen = Operand.wave([7, 12], seed: 2).tensor(.float32).tensor
      let keys = Sequences(seen, offsets: [0, 4, 7])
      let weights = attentionWeights(queries, to: keys, headCount: 1)
      let result = attention(queries, to: keys, headCount: 1).values
      let values = seen.columns(6..<12)
      let expected = concatenated([
        matmul(weights[0], values.rows(0..<4)), matmul(weights[1], values.rows(4..<7)),
      ])
      expectClose(
        result.floatElements, expected.floatElements.map(Double.init), columns: 6, limit: 1e-5,
        "weighted values")
    }

    @Test func weightsAreTheMeanOverHeads() {
      let queries = Sequences(Operand.wave([5, 6]).tensor(.float32).tensor, offsets: [0, 2, 5])
      let seen = Operand.wave([7, 12], seed: 2).tensor(.float32).tensor
      let keys = Sequences(seen, offsets: [0, 4, 7])
      let sources = [1, 0]
      let weights = attentionWeights(queries, to: keys, of: sources, headCount: 2)
      let heads = [0..<3, 3..<6].map { columns in
        attentionWeights(
          queries.with(queries.values.columns(columns)),
          to: keys.with(seen.columns(columns)), of: sources)
      }
      #expect(weights.map(\.shape) == [[2, 3], [3, 4]])
      for (index, matrix) in weights.enumerated() {
        let expected = (heads[0][index] + heads[1][index]) * 0.5
        expectClose(
          matrix.floatElements, expected.floatElements.map(Double.init),
          columns: matrix.columnCount, limit: 1e-6, "mean over heads")
      }
    }

    @Test func manyQueriesOfOneSourceAgreeWithEachAlone() {
      let memory = Sequences(
        Operand.wave([40, 32], seed: 2).tensor(.float32).tensor.detached, offsets: [0, 40])
      let rows = Operand.wave([70, 32]).tensor(.float32).tensor.detached
      let together = dotAttention(Sequences(rows, offsets: [0, 70]), to: memory)
      let alone = dotAttention(
        Sequences(rows, offsets: Array(0...70)), to: memory, of: Array(repeating: 0, count: 70))
      expectClose(
        together.values.floatElements, alone.values.floatElements.map(Double.init), columns: 32,
        limit: 1e-6, "queries together")
    }
  }
}
