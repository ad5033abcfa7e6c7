import ApusLayers
import ApusTensors
import Testing

/// Layers against PyTorch's values and gradients, by Tests/Peers/models/make_convolution.py.
@Suite struct ConvolutionLayerTests {
  private static let file = Result {
    try SafetensorsFile(contentsOf: Golden.directory + "convolution.safetensors")
  }
  typealias Call = @Sendable (Sequences) -> Sequences

  static let cases: [String: @Sendable (Scope) -> Call] = [
    "conv": { scope in
      let layer = Convolution(4, 6, over: Window(3, padding: 2), in: scope)
      return { layer($0) }
    },
    "conv-strided": { scope in
      let layer = Convolution(
        4, 6, over: Window(3, stride: 2, dilation: 2, padding: 1), groupCount: 2, in: scope)
      return { layer($0) }
    },
    "conv-same": { scope in
      let layer = Convolution(4, 6, over: .centred(4), in: scope)
      return { layer($0) }
    },
    "conv-depthwise": { scope in
      let layer = Convolution(4, 4, over: .centred(3), groupCount: 4, hasBias: false, in: scope)
      return { layer($0) }
    },
    "plane": { scope in
      let layer = PlaneConvolution(
        2, 5, over: Window(3, stride: 2, padding: 1), across: Window(4, padding: 2), in: scope)
      return { layer($0) }
    },
    "transposed": { scope in
      let layer = TransposedConvolution(
        4, 6, over: Window(3, stride: 2, padding: 1), excess: 1, groupCount: 2, in: scope)
      return { layer($0) }
    },
    "max-pool": { _ in { $0.max(over: Window(3, stride: 2, padding: 1)) } },
    "mean-pool": { _ in { $0.mean(over: Window(3, stride: 2, padding: 1)) } },
  ]

  @Test(arguments: cases.keys.sorted()) func agreesWithPyTorch(_ name: String) throws {
    let file = try Self.file.get()
    let make = try #require(Self.cases[name])
    let (layer, store) = try load(name, make)
    let parts = try (0..<3).map { try file.tensor("\(name).x.\($0)") }
    let x = Sequences(concatenated(parts).tracked, lengths: parts.map { $0.shape[0] })
    let y = layer(x)
    let expected = try (0..<3).map { try file.tensor("\(name).y.\($0)") }
    #expect(y.lengths == expected.map { $0.shape[0] })
    expectClose(y.values, concatenated(expected), 1e-5, "y")
    try checkGradients(name, of: layer, x, sequenceCount: 3, store)
  }

  @Test func batchNormAgreesWithPyTorch() throws {
    try checkNorm("norm", outputs: 4) { scope in
      let norm = BatchNorm(4, in: scope)
      return { norm($0, $1) }
    }
  }

  @Test func residualConvolutionAgreesWithPyTorch() throws {
    try checkNorm("residual", outputs: 6) { scope in
      let block = ResidualConvolution(4, 6, stride: 2, in: scope)
      return { block($0, $1) }
    }
  }

  @Test func whatIsSameSizedHasNoShortcut() {
    let store = ParameterStore(seed: 1)
    let block = ResidualConvolution(4, 4, in: store.root)
    #expect(!store.namedValues.contains { $0.name.hasPrefix("downsample") })
    let x = Sequences(Tensor.normal([7, 4], RandomKey(seed: 1, name: "x")), lengths: [4, 3])
    #expect(block(x, .evaluation()).lengths == [4, 3])
  }

  /// In evaluation a sequence does not depend on its batch.
  @Test(arguments: [Mode.Precision.fp32, .bf16])
  func sequencesDoNotDependOnTheirBatch(_ precision: Mode.Precision) {
    let mode = Mode.evaluation(precision)
    let block = ResidualConvolution(
      5, 33, kernelSize: 5, stride: 2, in: ParameterStore(seed: 4).root)
    let x = Tensor.normal([56, 5], RandomKey(seed: 1, name: "x")).converted(to: mode.scalarType)
    let together = block(Sequences(x, lengths: [3, 40, 1, 0, 12]), mode)
    #expect(together.lengths == [2, 20, 1, 0, 6])
    for (range, result) in zip(
      [0..<3, 3..<43, 43..<44, 44..<56], [0..<2, 2..<22, 22..<23, 23..<29])
    {
      let alone = block(Sequences(x.rows(range), lengths: [range.count]), mode)
      expectClose(
        alone.values, together.values.rows(result), precision == .fp32 ? 1e-6 : 1e-2)
    }
  }

  /// The layer with PyTorch's weights; running moments start as they do there.
  private func load<Layer>(
    _ name: String, _ make: (Scope) -> Layer
  ) throws -> (Layer, ParameterStore) {
    let file = try Self.file.get()
    let loaded = try ParameterStore.loading(
      from: { parameter, shape in
        if parameter.hasSuffix("running_mean") { return .zeros(shape) }
        if parameter.hasSuffix("running_var") { return .ones(shape) }
        return try file.tensor("\(name).\(parameter)", shape: shape)
      }, make)
    return (loaded.model, loaded.store)
  }

  private func checkGradients(
    _ name: String, of layer: (Sequences) -> Sequences, _ x: Sequences, sequenceCount: Int,
    _ store: ParameterStore
  ) throws {
    let file = try Self.file.get()
    func all(_ what: String) throws -> Tensor {
      concatenated(try (0..<sequenceCount).map { try file.tensor("\(name).\(what).\($0)") })
    }
    let seed = try all("dy")
    expectClose(
      layer(x).values.gradients(of: [x.values], seed: seed)[0], try all("d.x"), 1e-5, "dx")
    let gradients = (layer(x).values * seed).sum().gradients(of: store.parameters)
    for parameter in store.parameters where !parameter.name.contains("running") {
      expectClose(
        try #require(gradients[parameter]), try file.tensor("\(name).d.\(parameter.name)"), 1e-5,
        parameter.name)
    }
  }

  /// In training, where running moments follow, and in evaluation with these.
  private func checkNorm(
    _ name: String, outputs: Int,
    _ make: (Scope) -> @Sendable (Sequences, Mode) -> Sequences
  ) throws {
    let file = try Self.file.get()
    func golden(_ what: String) throws -> Tensor { try file.tensor("\(name).\(what)") }
    let values = try golden("x.0")
    let x = Sequences(values.tracked, lengths: [values.shape[0]])
    let training = Mode.training(seed: 1, step: 0)
    let (layer, store) = try load(name, make)
    expectClose(layer(x, training).values, try golden("y.0"), 1e-5, "y")
    for parameter in store.parameters where parameter.name.contains("running") {
      expectClose(parameter.value.detached, try golden(parameter.name), 1e-5, parameter.name)
    }
    expectClose(layer(x, .evaluation()).values, try golden("after"), 1e-5, "after")
    let (other, otherStore) = try load(name, make)
    try checkGradients(name, of: { other($0, training) }, x, sequenceCount: 1, otherStore)
  }
}
