import Testing

@testable import ApusTensors

extension TensorTests {
  @Suite struct TensorValueTests {
    @Test func elementsComeBackAsTheyWere() {
      let x = Tensor([1, 2, 3, 4, 5, 6] as [Int32], [2, 3])
      #expect(x.elements(as: Int32.self) == [1, 2, 3, 4, 5, 6])
      #expect((x.rank, x.count, x.rowCount, x.columnCount) == (2, 6, 2, 3))
      #expect(Tensor(4).scalar == 4 && Tensor(4).shape == [])
      #expect(Tensor.zeros([0, 5]).floatElements.isEmpty)
      #expect(Tensor.filled(3, [2]).floatElements == [3, 3])
      #expect("\(Tensor([1, 2] as [Float]))" == "Tensor(float32, [2], [1.0, 2.0])")
    }

    @Test func viewsShareAndValuesDoNot() {
      var x = Tensor([1, 2, 3, 4] as [Float], [2, 2])
      let view = x.reshaped([4])
      x.mutate(as: Float.self) { $0[0] = 9 }
      #expect(view.floatElements == [1, 2, 3, 4])
      #expect(x.floatElements == [9, 2, 3, 4])
    }

    @Test func sequencesKnowTheirPlaces() {
      let values = Tensor((0..<12).map { Float($0) }, [6, 2])
      let batch = Sequences(values, lengths: [1, 3, 2])
      #expect(batch.offsets == [0, 1, 4, 6])
      #expect(batch.lengths == [1, 3, 2])
      #expect((batch.count, batch.elementCount) == (3, 6))
      #expect(batch.positions.elements(as: Int32.self) == [0, 0, 1, 2, 0, 1])
      #expect(batch.firsts.floatElements == [0, 1, 2, 3, 8, 9])
      #expect(batch.lasts.floatElements == [0, 1, 6, 7, 10, 11])
      #expect(batch.map { $0 * 2 }.values.floatElements[11] == 22)
      #expect(Sequences(ids: [[7], [8, 9]]).values.elements(as: Int32.self) == [7, 8, 9])
    }

    @Test func batchMatesChangeNothing() {
      let weight = Operand.wave([24, 24]).tensor(.float32).tensor.detached
      let scale = Tensor.ones([24])
      func model(_ x: Tensor) -> [Float] {
        layerNorm(linear(x, weight).gelu(), scale, scale, epsilon: 1e-5).softmax().floatElements
      }
      for rows in [9, 40, 230] {
        let batch = Operand.wave([rows, 24]).tensor(.float32).tensor.detached
        let whole = model(batch)
        for row in [0, 3, rows - 1] {
          expectClose(
            Array(whole[row * 24..<(row + 1) * 24]),
            model(batch.rows(row..<row + 1)).map(Double.init), columns: 24, limit: 1e-6,
            "row \(row) of \(rows)")
        }
      }
    }

    @Test func wrongShapesAreRefused() async {
      await #expect(processExitsWith: .failure) { _ = Tensor.ones([2, 3]) + Tensor.ones([2]) }
      await #expect(processExitsWith: .failure) { _ = Tensor.ones([2]).gathered([2]) }
      await #expect(processExitsWith: .failure) {
        _ = matmul(Tensor.ones([2, 3]), Tensor.ones([2, 3]))
      }
      await #expect(processExitsWith: .failure) {
        _ = crossEntropy(Tensor.ones([1, 3]), targets: Tensor([3] as [Int32]))
      }
    }
  }
}
