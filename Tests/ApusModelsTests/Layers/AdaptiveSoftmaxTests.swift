import ApusLayers
import ApusTensors
import Testing

@Suite struct AdaptiveSoftmaxTests {
  private let golden: SafetensorsFile
  private let layer: AdaptiveSoftmax
  private let store: ParameterStore

  init() throws {
    let golden = try SafetensorsFile(contentsOf: Golden.directory + "adaptive_softmax.safetensors")
    self.golden = golden
    (layer, store) = try ParameterStore.loading(
      from: { name, shape in try golden.tensor("weights.\(name)", shape: shape) }
    ) { AdaptiveSoftmax(16, classCount: 20, cutoffs: [6, 11], in: $0) }
  }

  @Test func lossAndGradientsArePyTorchs() throws {
    let inputs = ParameterStore(seed: 0)
    let zeros = inputs.root.parameter("x", [9, 16], .zeros)
    let x = try golden.tensor("x") + zeros.value
    let loss = layer.loss(x, targets: try golden.tensor("targets"), .evaluation())
    expectClose(loss.reshaped([1]), try golden.tensor("loss"), 1e-6)
    let gradients = loss.gradients(of: store.parameters + [zeros])
    expectClose(try #require(gradients[zeros]), try golden.tensor("d.x"), 1e-5)
    for parameter in store.parameters {
      expectClose(
        try #require(gradients[parameter]), try golden.tensor("d.\(parameter.name)"), 1e-5,
        parameter.name)
    }
  }

  @Test func logProbabilitiesArePyTorchsAndAddUpToOne() throws {
    let found = layer.logProbabilities(try golden.tensor("x"), .evaluation())
    expectClose(found, try golden.tensor("log_probabilities"), 1e-5)
    for sum in found.exp().sum(axis: 1).floatElements { #expect(abs(sum - 1) < 1e-5) }
  }

  /// A cluster that no target is in gets no gradient.
  @Test func clustersWithoutTargetsCostNothing() throws {
    let x = try golden.tensor("x")
    let loss = layer.loss(
      x, targets: Tensor((0..<9).map { Int32($0 % 6) }), .evaluation())
    let gradients = loss.gradients(of: store.parameters)
    let reached = store.parameters.filter { gradients[$0] != nil }.map(\.name)
    #expect(reached == ["head.weight"])
  }
}
