import Testing

@testable import ApusTensors

extension TensorTests {
  @Suite struct LayerNormTests {
    static let epsilon: Float = 1e-5

    private func normalized(_ x: [Double], _ weight: [Double], _ bias: [Double]) -> [Double] {
      let columns = weight.count
      return stride(from: 0, to: x.count, by: columns).flatMap { start -> [Double] in
        let row = x[start..<start + columns]
        let mean = row.reduce(0, +) / Double(columns)
        let variance = row.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(columns)
        let deviation = (variance + Double(Self.epsilon)).squareRoot()
        return row.enumerated().map { ($1 - mean) / deviation * weight[$0] + bias[$0] }
      }
    }

    private let weight = Operand.weights([19], seed: 2, shift: 1.5)
    private let bias = Operand.weights([19], seed: 3)

    @Test func layerNormAgreesWithReference() {
      check(
        "layerNorm", [.wave([5, 19], shift: 3), weight, bias], tolerance: 1e-5,
        { layerNorm($0[0], $0[1], $0[2], epsilon: Self.epsilon) },
        reference: { normalized($0[0], $0[1], $0[2]) })
    }

    @Test(arguments: [Float(0), 0.3]) func addLayerNormAgreesWithReference(_ rate: Float) {
      let dropped = Dropped(rate: rate, key: RandomKey(seed: 5, name: "delta"))
      // The sum is kept in the type of x, so in bf16 it is rounded before it is normalised.
      check(
        "addLayerNorm", [.wave([5, 19]), .wave([5, 19], seed: 4), weight, bias], tolerance: 1e-5,
        bfloat16Tolerance: 3e-2,
        { x in
          let (sum, normalized) = addLayerNorm(
            x[0], x[1], dropout: dropped, x[2], x[3], epsilon: Self.epsilon, result: x[0].type)
          return concatenated([sum, normalized])
        },
        reference: { v in
          let sum = v[0].indices.map { v[0][$0] + v[1][$0] * dropoutFactor(dropped, $0) }
          return sum + normalized(sum, v[2], v[3])
        })
    }

    @Test func manyRowsGiveTheGradientOfTheirSum() {
      // More rows than one partial sum covers: each weight's gradient is that of single rows, added.
      let rows = 517
      let x = Operand.wave([rows, 19]).tensor(.float32).tensor.detached
      let weight = weight.tensor(.float32).tensor
      let bias = bias.tensor(.float32).tensor
      let seed = Operand.wave([rows, 19], seed: 9).tensor(.float32).tensor.detached
      let whole = layerNorm(x, weight, bias, epsilon: Self.epsilon)
        .gradients(of: [weight, bias], seed: seed)
      var sums = [[Double]](repeating: Array(repeating: 0, count: 19), count: 2)
      for row in 0..<rows {
        let parts = layerNorm(x.rows(row..<row + 1), weight, bias, epsilon: Self.epsilon)
          .gradients(of: [weight, bias], seed: seed.rows(row..<row + 1))
        for (index, part) in parts.enumerated() {
          for (column, value) in part.floatElements.enumerated() {
            sums[index][column] += Double(value)
          }
        }
      }
      for (gradient, sum) in zip(whole, sums) {
        expectClose(gradient.floatElements, sum, columns: 19, limit: 1e-5, "gradient of many rows")
      }
    }
  }
}
