import Testing

@testable import ApusTensors

extension TensorTests {
  @Suite struct InitializerTests {
    private let key = RandomKey(seed: 11, name: "weights")
    private let shape = [300, 200]

    private func moments(_ initializer: Initializer) -> (
      mean: Double, deviation: Double, most: Float
    ) {
      let values = initializer.tensor(shape, key).floatElements
      let mean = values.reduce(0) { $0 + Double($1) } / Double(values.count)
      let variance = values.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) }
      return (
        mean, (variance / Double(values.count)).squareRoot(), values.map(\.magnitude).max() ?? 0
      )
    }

    /// Mean zero within five of its standard errors, and a deviation within two percent.
    private func expectMoments(
      _ initializer: Initializer, deviation: Double, most: Float = .infinity,
      sourceLocation: SourceLocation = #_sourceLocation
    ) {
      let found = moments(initializer)
      #expect(
        found.mean.magnitude < 5 * deviation / 60_000.0.squareRoot(),
        sourceLocation: sourceLocation)
      #expect(
        (found.deviation / deviation - 1).magnitude < 0.02, "\(found)",
        sourceLocation: sourceLocation)
      #expect(found.most <= most, sourceLocation: sourceLocation)
    }

    @Test func moments() {
      expectMoments(.normal(standardDeviation: 0.02), deviation: 0.02)
      // Cutting a normal distribution at two deviations leaves 0.8796 of the deviation.
      expectMoments(
        .truncatedNormal(standardDeviation: 0.02), deviation: 0.02 * 0.87963, most: 0.04)
      expectMoments(.uniform(0.1), deviation: 0.1 / 3.0.squareRoot(), most: 0.1)
      let glorot = (2.0 / 500).squareRoot()
      expectMoments(
        .xavierUniform, deviation: glorot, most: Float(glorot * 3.0.squareRoot()) + 1e-6)
      expectMoments(.xavierNormal, deviation: glorot)
      let he = (2.0 / 200).squareRoot()
      expectMoments(.heUniform, deviation: he, most: Float(he * 3.0.squareRoot()) + 1e-6)
      expectMoments(.heNormal, deviation: he)
      #expect(Initializer.ones.tensor([2, 2], key).floatElements == [1, 1, 1, 1])
    }

    @Test func normalNumbersHaveTheirTails() {
      let values = Initializer.normal(standardDeviation: 1).tensor([100_000], key).floatElements
      for (bound, share) in [(1.0, 0.31731), (2.0, 0.0455), (3.0, 0.0027)] {
        let count = Double(values.count { Double($0.magnitude) > bound })
        #expect((count - 1e5 * share).magnitude < 5 * (1e5 * share).squareRoot())
      }
    }

    @Test(arguments: [[5, 12], [12, 5], [7, 7], [4, 3, 2]])
    func orthogonalRowsOrColumns(_ shape: [Int]) {
      let values = Initializer.orthogonal(gain: 2).tensor(shape, key).floatElements.map(Double.init)
      let (rows, columns) = (shape[0], shape.dropFirst().reduce(1, *))
      let byRows = rows <= columns
      for i in 0..<min(rows, columns) {
        for j in 0...i {
          let product = (0..<max(rows, columns)).reduce(0) { sum, k in
            byRows
              ? sum + values[i * columns + k] * values[j * columns + k]
              : sum + values[k * columns + i] * values[k * columns + j]
          }
          #expect((product - (i == j ? 4 : 0)).magnitude < 1e-6)
        }
      }
    }

    @Test func valuesDependOnSeedAndNameAlone() {
      func values(seed: UInt64, extra: Bool) -> [Float] {
        let store = ParameterStore(seed: seed)
        if extra { _ = store.root.parameter("other", [3], .heNormal) }
        return (store.root / "layer" / 0).parameter("weight", [4, 4], .heNormal).value.floatElements
      }
      #expect(values(seed: 1, extra: false) == values(seed: 1, extra: true))
      #expect(values(seed: 1, extra: false) != values(seed: 2, extra: false))
    }

    @Test func stackedPartsKeepTheirNames() {
      let store = ParameterStore(seed: 3)
      let stacked = store.root.parameter(stacking: ["q", "k"], [2, 3], .heNormal)
      #expect(stacked.shape == [4, 3])
      #expect(store.namedValues.map(\.name) == ["k", "q"])
      let alone = ParameterStore(seed: 3).root.parameter("k", [2, 3], .heNormal)
      #expect(alone.value.floatElements == stacked.namedValues[1].value.floatElements)
    }
  }
}
