import Testing

@testable import ApusTensors

extension TensorTests {
  @Suite struct BatchNormTests {
    static let epsilon: Float = 1e-5

    private func moments(_ x: [Double], columns: Int) -> (means: [Double], variances: [Double]) {
      let rows = x.count / columns
      let means = (0..<columns).map { column in
        (0..<rows).reduce(0) { $0 + x[$1 * columns + column] } / Double(rows)
      }
      let variances = (0..<columns).map { column in
        (0..<rows).reduce(0) { $0 + power(x[$1 * columns + column] - means[column], 2) }
          / Double(rows)
      }
      return (means, variances)
    }

    private func normalized(
      _ x: [Double], _ weight: [Double], _ bias: [Double], _ means: [Double], _ variances: [Double]
    ) -> [Double] {
      x.enumerated().map { index, value in
        let column = index % weight.count
        let deviation = (variances[column] + Double(Self.epsilon)).squareRoot()
        return (value - means[column]) / deviation * weight[column] + bias[column]
      }
    }

    @Test(arguments: [[11, 5], [7, 3, 5]]) func agreesWithReference(_ shape: [Int]) {
      check(
        "batchNorm",
        [
          .wave(shape, scale: 2, shift: 1), .weights([5], seed: 2, shift: 1.5),
          .weights([5], seed: 3),
        ], tolerance: 1e-5, bfloat16Tolerance: 3e-2,
        { batchNorm($0[0], $0[1], $0[2], epsilon: Self.epsilon).normalized },
        reference: {
          let (means, variances) = moments($0[0], columns: 5)
          return normalized($0[0], $0[1], $0[2], means, variances)
        })
    }

    @Test func agreesWithReferenceForGivenMoments() {
      let (means, variances) = ([0.5, -1, 2], [1.5, 0.25, 4.0])
      let given = ChannelMoments(
        means: Tensor(means.map { Float($0) }), variances: Tensor(variances.map { Float($0) }))
      check(
        "batchNorm", [.wave([7, 3]), .weights([3], seed: 2, shift: 1.5), .weights([3], seed: 3)],
        tolerance: 1e-5, bfloat16Tolerance: 3e-2,
        { batchNorm($0[0], $0[1], $0[2], epsilon: Self.epsilon, moments: given).normalized },
        reference: { normalized($0[0], $0[1], $0[2], means, variances) })
    }

    /// More rows than one partial sum covers, far from zero.
    @Test func momentsOfManyRowsAreExact() {
      let x = Operand.wave([3001, 4], scale: 0.1, shift: 30).tensor(.float32)
      let (means, variances) = moments(x.values, columns: 4)
      let found = batchNorm(x.tensor, .ones([4]), .zeros([4]), epsilon: Self.epsilon).moments
      expectClose(found.means.floatElements, means, columns: 4, limit: 1e-6, "means")
      expectClose(found.variances.floatElements, variances, columns: 4, limit: 1e-4, "variances")
    }
  }
}
