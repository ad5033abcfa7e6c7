import Testing

@testable import ApusTensors

/// a·b of [m, k] and [k, n] matrices, each perhaps stored with its axes exchanged.
func matrixProduct(
  _ a: ArraySlice<Double>, _ aIsTransposed: Bool, _ b: ArraySlice<Double>, _ bIsTransposed: Bool,
  _ m: Int, _ k: Int, _ n: Int
) -> [Double] {
  let (a, b) = (Array(a), Array(b))
  return (0..<m * n).map { index in
    let (row, column) = index.quotientAndRemainder(dividingBy: n)
    return (0..<k).reduce(0) {
      $0 + (aIsTransposed ? a[$1 * m + row] : a[row * k + $1])
        * (bIsTransposed ? b[column * k + $1] : b[$1 * n + column])
    }
  }
}

extension TensorTests {
  @Suite struct ProductTests {
    @Test func longSumsAgreeWithReference() {
      let (m, k, n) = (200, 1500, 5)
      let operands = [Operand.wave([m, k]), .weights([k, n], seed: 2), .weights([n], seed: 3)]
      let (tensors, values) = (
        operands.map { $0.tensor(.float32).tensor }, operands.map { $0.tensor(.float32).values }
      )
      let found = linear(tensors[0], tensors[1], tensors[2], layout: .inputsByOutputs)
      let products = matrixProduct(values[0][...], false, values[1][...], false, m, k, n)
      expectClose(
        found.floatElements, products.enumerated().map { $1 + values[2][$0 % n] }, columns: n,
        limit: 1e-5, "linear")
    }

    @Test(arguments: [false, true], [false, true])
    func matricesAgreeWithReference(_ first: Bool, _ second: Bool) {
      let (m, k, n) = (3, 5, 7)
      let (a, b) = (first ? [k, m] : [m, k], second ? [n, k] : [k, n])
      func product(_ x: [Tensor]) -> Tensor {
        matmul(x[0], x[1], transposingFirst: first, transposingSecond: second)
      }
      func reference(_ x: [Double], _ y: [Double], _ i: Int, _ j: Int) -> [Double] {
        matrixProduct(
          x[i * m * k..<(i + 1) * m * k], first, y[j * k * n..<(j + 1) * k * n], second, m, k, n)
      }
      check(
        "matmul", [.wave(a), .wave(b, seed: 2)], product,
        reference: { reference($0[0], $0[1], 0, 0) })
      check(
        "matmul, batched", [.wave([2] + a), .wave([2] + b, seed: 2)], product,
        reference: { v in (0..<2).flatMap { reference(v[0], v[1], $0, $0) } })
      check(
        "matmul, one for all", [.wave([2] + a), .wave(b, seed: 2)], product,
        reference: { v in (0..<2).flatMap { reference(v[0], v[1], $0, 0) } })
      check(
        "matmul, broadcast", [.wave([2, 1] + a), .wave([3] + b, seed: 2)], product,
        reference: { v in (0..<6).flatMap { reference(v[0], v[1], $0 / 3, $0 % 3) } })
    }

    @Test(arguments: [1, 7, 33, 200])
    func largerMatricesAgreeWithReference(_ m: Int) {
      let (k, n) = (65, 34)
      let (a, b) = (
        Operand.wave([m, k]).tensor(.float32), Operand.wave([k, n], seed: 2).tensor(.float32)
      )
      let expected = matrixProduct(a.values[...], false, b.values[...], false, m, k, n)
      expectClose(
        matmul(a.tensor, b.tensor).floatElements, expected, columns: n, limit: 4e-6, "matmul \(m)")
    }

    @Test func linearAgreesWithReference() {
      let operands = [Operand.wave([11, 5]), .weights([3, 5], seed: 2), .weights([3], seed: 3)]
      check(
        "linear", operands, { linear($0[0], $0[1], $0[2]) },
        reference: { v in
          matrixProduct(v[0][...], false, v[1][...], true, 11, 5, 3).enumerated().map {
            $1 + v[2][$0 % 3]
          }
        })
      check(
        "linear", [operands[0], .weights([5, 3], seed: 2)],
        { linear($0[0], $0[1], layout: .inputsByOutputs) },
        reference: { matrixProduct($0[0][...], false, $0[1][...], false, 11, 5, 3) })
    }
  }
}
