import ApusLayers
import ApusTensors
import Foundation
import Testing

@Suite struct MixingTests {
  @Test func scalarMixIsAWeightedSum() throws {
    let values: [String: Tensor] = [
      "scalar_parameters": Tensor([0.5, -1, 2] as [Float]), "gamma": Tensor([1.5] as [Float]),
    ]
    let (mix, store) = try ParameterStore.loading(from: { name, shape in
      values[name] ?? .zeros(shape)
    }) { ScalarMix(layerCount: 3, in: $0) }
    let layers = (0..<3).map { index in
      Sequences(Tensor.normal([4, 5], RandomKey(seed: 1, name: "\(index)")), lengths: [3, 1])
    }
    let powers = [0.5, -1, 2].map { exp(Float($0)) }
    let shares = powers.map { $0 / powers.reduce(0, +) }
    let expected = (0..<20).map { index in
      1.5 * zip(layers, shares).reduce(Float(0)) { $0 + $1.0.values.floatElements[index] * $1.1 }
    }
    let mixed = mix(layers)
    expectClose(mixed.values, Tensor(expected, [4, 5]), 1e-6)
    expectClose(Tensor(mix.shares), Tensor(shares), 1e-6)
    let gradients = mixed.values.sum().gradients(of: store.parameters)
    // Shares always sum to 1, so that what their logits gain together is nothing.
    let weights = try #require(gradients[store.parameters[0]]).floatElements
    #expect(abs(weights.reduce(0, +)) < 1e-5 && weights.contains { abs($0) > 1e-3 })
    expectClose(
      try #require(gradients[store.parameters[1]]),
      Tensor([expected.reduce(0, +) / 1.5]), 1e-5)
  }

  @Test func highwayMixesByItsGate() throws {
    let store = ParameterStore(seed: 2)
    let highway = Highway(4, in: store.root)
    let x = Tensor.normal([3, 4], RandomKey(seed: 1, name: "x"))
    let values = Dictionary(
      uniqueKeysWithValues: store.namedValues.map { ($0.name, $0.value.floatElements) })
    func row(_ name: String, _ row: Int, _ output: Int) throws -> Float {
      let weight = try #require(values["\(name).weight"])
      let bias = try #require(values["\(name).bias"])
      return (0..<4).reduce(bias[output]) {
        $0 + weight[output * 4 + $1] * x.floatElements[row * 4 + $1]
      }
    }
    let expected = try (0..<12).map { index -> Float in
      let gate = 1 / (1 + exp(-(try row("carry", index / 4, index % 4))))
      let changed = max(0, try row("transform", index / 4, index % 4))
      return gate * changed + (1 - gate) * x.floatElements[index]
    }
    expectClose(highway(x, .evaluation()), Tensor(expected, [3, 4]), 1e-5)
    #expect(values["carry.bias"] == [-2, -2, -2, -2])
  }
}
