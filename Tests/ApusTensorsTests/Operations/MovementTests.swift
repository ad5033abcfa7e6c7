import Testing

@testable import ApusTensors

extension TensorTests {
  @Suite struct MovementTests {
    @Test func permutationsAgreeWithReference() {
      let cases: [([Int], [Int])] = [
        ([3, 5], [1, 0]), ([2, 3, 5], [0, 2, 1]), ([2, 3, 5], [1, 0, 2]), ([2, 3, 5], [2, 1, 0]),
        ([2, 3, 4, 5], [0, 2, 1, 3]), ([2, 3, 4, 5], [3, 0, 2, 1]), ([2, 1, 3], [1, 2, 0]),
        ([1, 4, 1], [2, 1, 0]), ([3, 1], [1, 0]),
      ]
      for (shape, axes) in cases {
        check(
          "permuted \(axes)", [.wave(shape)], { $0[0].permuted(axes) },
          reference: { values in permuted(values[0], shape, axes) })
      }
    }

    @Test func largeTranspositionsAgreeWithReference() {
      let shape = [3, 131, 67]
      let x = Operand.wave(shape).tensor(.float32)
      for type in [ScalarType.float32, .bfloat16] {
        let typed = x.tensor.detached.converted(to: type)
        let expected = permuted(typed.floatElements.map(Double.init), shape, [0, 2, 1])
        #expect(typed.transposed().floatElements.map(Double.init) == expected)
      }
      let ids = Tensor((0..<15).map(Int32.init), [3, 5])
      #expect(ids.transposed().elements(as: Int32.self)[0..<4] == [0, 5, 10, 1])
    }

    @Test(arguments: [0, 1, 2]) func joiningAndSplittingAgreeWithReference(_ axis: Int) {
      let shape = [2, 3, 4]
      let inner = shape[(axis + 1)...].reduce(1, *)
      let run = shape[axis] * inner
      var other = shape
      other[axis] = 1
      check(
        "concatenated \(axis)", [.wave(shape), .wave(other, seed: 2)],
        { concatenated($0, axis: axis - 3) },
        reference: { v in zip(pieces(v[0], run), pieces(v[1], inner)).flatMap { $0 + $1 } })
      check(
        "split \(axis)", [.wave(shape)],
        { x in
          let parts = x[0].split([1, shape[axis] - 1], axis: axis)
          return concatenated(parts.map { ($0 * 2).reshaped([$0.count]) })
        },
        reference: { v in
          let pieces = pieces(v[0].map { 2 * $0 }, run)
          return pieces.flatMap { $0[..<inner] } + pieces.flatMap { $0[inner...] }
        })
      check(
        "slice \(axis)", [.wave(shape)], { $0[0].slice(1..<shape[axis], axis: axis) },
        reference: { v in pieces(v[0], run).flatMap { $0[inner...] } })
    }

    @Test func columnsOfRows() {
      let x = Tensor([1, 2, 3, 4] as [Int32], [2, 2])
      #expect(x.columns(1..<2).elements(as: Int32.self) == [2, 4])
    }

    @Test func splitPartsWithoutGradientCountAsZero() {
      let x = Tensor.ones([2, 3]).tracked
      let parts = x.split([1, 2], axis: 1)
      #expect(parts[1].sum().gradients(of: [x])[0].floatElements == [0, 1, 1, 0, 1, 1])
    }

    @Test func indexingAgreesWithReference() {
      let x = Operand.wave([4, 3])
      let ids = Tensor([2, 0, 2, 2, 1] as [Int32])
      check(
        "gathered", [x], { $0[0].gathered(ids) },
        reference: { v in [2, 0, 2, 2, 1].flatMap { v[0][3 * $0..<3 * $0 + 3] } })
      check(
        "gathered, three axes", [.wave([3, 2, 2])], { $0[0].gathered([2, 1, 2]) },
        reference: { v in [2, 1, 2].flatMap { v[0][4 * $0..<4 * $0 + 4] } })
      let columns = Tensor([2, 0, 1, 1] as [Int32])
      check(
        "selected", [x], { $0[0].selected(columns: columns) },
        reference: { v in [2, 0, 1, 1].enumerated().map { v[0][3 * $0 + $1] } })
      check(
        "rows", [x], { $0[0].rows(1..<3) }, reference: { Array($0[0][3..<9]) })
      check(
        "reshaped", [x], { $0[0].reshaped([2, 6]) * 2 }, reference: { $0[0].map { 2 * $0 } })
      check(
        "broadcast", [.wave([3, 1])], { $0[0].broadcast(to: [2, 3, 5]) },
        reference: { v in (0..<30).map { v[0][$0 / 5 % 3] } })
    }

    @Test func rowGradientsMeetDenseOnes() {
      // An embedding that is also the output's weight gets gradients of both kinds, in any order.
      let x = Tensor([1, 2, 3, 4] as [Float], [2, 2]).tracked
      let loss = x.gathered([1, 1]).sum() + (x * x).sum() + x.gathered([0]).sum()
      #expect(loss.gradients(of: [x])[0].floatElements == [3, 5, 8, 10])
    }
  }
}

private func pieces(_ x: [Double], _ size: Int) -> [[Double]] {
  stride(from: 0, to: x.count, by: size).map { Array(x[$0..<$0 + size]) }
}

private func permuted(_ x: [Double], _ shape: [Int], _ axes: [Int]) -> [Double] {
  let size = axes.map { shape[$0] }
  let strides = shape.indices.map { shape[($0 + 1)...].reduce(1, *) }
  return x.indices.map { index in
    var (rest, source) = (index, 0)
    for axis in size.indices.reversed() {
      source += rest % size[axis] * strides[axes[axis]]
      rest /= size[axis]
    }
    return x[source]
  }
}
