import CApusKernels
import Testing

@testable import ApusTensors

extension TensorTests {
  @Suite struct ReductionTests {
    /// Sums over the middle of [outer, axis, inner].
    private func sums(_ x: [Double], _ outer: Int, _ axis: Int, _ inner: Int) -> [Double] {
      (0..<outer * inner).map { index in
        (0..<axis).reduce(0) { $0 + x[(index / inner * axis + $1) * inner + index % inner] }
      }
    }

    @Test func reductionsAgreeWithReference() {
      let x = Operand.wave([3, 5, 7])
      check("sum", [x], { $0[0].sum() }, reference: { [$0[0].reduce(0, +)] })
      check("mean", [x], { $0[0].mean() }, reference: { [$0[0].reduce(0, +) / 105] })
      for (axis, outer, size, inner) in [(0, 1, 3, 35), (1, 3, 5, 7), (-1, 15, 7, 1)] {
        check(
          "sum", [x], { $0[0].sum(axis: axis) },
          reference: { self.sums($0[0], outer, size, inner) })
        check(
          "mean", [x], { $0[0].mean(axis: axis, keepsAxis: true) },
          reference: { self.sums($0[0], outer, size, inner).map { $0 / Double(size) } })
        check(
          "max", [x], { $0[0].max(axis: axis).values },
          reference: { v in
            (0..<outer * inner).map { index in
              (0..<size).map { v[0][(index / inner * size + $0) * inner + index % inner] }.max()
                ?? 0
            }
          })
      }
      check(
        "variance", [x], { $0[0].variance(axis: 2) },
        reference: { v in
          (0..<15).map { row in
            let values = v[0][row * 7..<row * 7 + 7]
            let mean = values.reduce(0, +) / 7
            return values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 7
          }
        })
    }

    @Test func shapesOfReductions() {
      let x = Tensor.ones([2, 3, 4])
      #expect(x.sum().shape == [])
      #expect(x.sum(axis: 1).shape == [2, 4])
      #expect(x.mean(axis: -1, keepsAxis: true).shape == [2, 3, 1])
      #expect(x.argmax(axis: 0).shape == [3, 4])
      #expect(Tensor.zeros([0, 3]).sum(axis: 0).floatElements == [0, 0, 0])
      #expect(Tensor.zeros([0]).sum().scalar == 0)
    }

    @Test func maximumNamesTheFirst() {
      let x = Tensor([1, 3, 3, -.infinity, -.infinity, -.infinity] as [Float], [2, 3])
      #expect(x.argmax(axis: 1).elements(as: Int32.self) == [1, 0])
      #expect(Tensor([1, .nan, 3] as [Float]).argmax(axis: 0).elements(as: Int32.self) == [1])
    }

    @Test func longSumsKeepTheirPrecision() {
      let x = Operand.wave([1_000_003], shift: 1)
      let (tensor, values) = x.tensor(.float32)
      let exact = values.reduce(0, +)
      #expect((Double(tensor.sum().scalar) - exact).magnitude < 1e-6 * exact)
      let columns = tensor.rows(0..<1_000_000).reshaped([250_000, 4]).sum(axis: 0).floatElements
      let expected = sums(Array(values.dropLast(3)), 1, 250_000, 4)
      expectClose(columns, expected, columns: 4, limit: 2e-6, "column sums")
    }

    @Test func sumsAreTheSameForAnyNumberOfThreads() {
      let x = Operand.wave([40_009, 5]).tensor(.float32).tensor
      let threads = apus_thread_count()
      defer { apus_set_thread_count(threads) }
      let results = [Int32(1), 2].map { count in
        apus_set_thread_count(count)
        return [x.sum(), x.sum(axis: 0), x.sum(axis: 1)].map(\.floatElements)
      }
      #expect(results[0] == results[1])
    }

    /// Few threads share the rows, many the columns.
    @Test func sumsOfRowsAreTheSameForAnyNumberOfThreads() {
      let (rows, columns) = (4_099, 37)
      let x = Operand.wave([rows, columns]).tensor(.float32).tensor
      let expected = x.sum(axis: 0).floatElements
      let threads = apus_thread_count()
      defer { apus_set_thread_count(threads) }
      for count in [Int32(1), 2, 8] {
        apus_set_thread_count(count)
        var sums = [Float](repeating: .nan, count: columns)
        x.floatElements.withUnsafeBufferPointer { values in
          apus_sum_rows(APUS_FLOAT32, values.baseAddress, Int64(rows), Int64(columns), &sums)
        }
        #expect(sums == expected, "\(count) threads")
      }
    }
  }
}
