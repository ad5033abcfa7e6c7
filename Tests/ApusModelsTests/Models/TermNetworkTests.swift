import ApusFiles
import ApusLayers
import ApusTensors
import Testing

@testable import ApusModels

/// The classifier over weighted terms beside PyTorch's layers; `Tests/Peers/models/make_term_network.py`
/// wrote the golden file.
@Suite struct TermNetworkTests {
  private static let ids: [[Int32]] = [[0, 3, 7], [], [2, 10], [1, 3, 5, 9]]
  private static let weights: [Float] = [0.5, 0.7, 0.1, 0.9, 0.4, 0.3, 0.6, 0.2, 0.8]

  private static func config(isNormalized: Bool) -> ClassifierConfig {
    var config = ClassifierConfig(
      .dense(size: 6, layerCount: 2, isNormalized: isNormalized), vocabularySize: 11,
      labels: ["a", "b", "c"])
    config.dropout = 0
    return config
  }

  @Test(arguments: [("plain", false), ("normed", true)])
  func agreesWithPyTorch(_ name: String, _ isNormalized: Bool) throws {
    let golden = try SafetensorsFile(contentsOf: Golden.directory + "term-network.safetensors")
    let (model, store) = try ParameterStore.loading(from: { parameter, shape in
      if parameter.hasSuffix("running_mean") { return .zeros(shape) }
      if parameter.hasSuffix("running_var") { return .ones(shape) }
      return try golden.tensor("\(name).w.\(parameter)", shape: shape)
    }) { SequenceClassifier(Self.config(isNormalized: isNormalized), in: $0) }
    let ids = Sequences(ids: Self.ids)
    let weights = Tensor(Self.weights)
    let logits = model(ids, weights: weights, .training(seed: 1, step: 0))
    expectClose(logits, try golden.tensor("\(name).logits"), 1e-5, "logits")
    let loss = crossEntropy(logits, targets: Tensor([2, 0, 1, 2] as [Int32])).sum()
    let gradients = loss.gradients(of: store.parameters)
    for parameter in store.parameters where !parameter.name.contains("running") {
      let expected = try golden.tensor("\(name).d.\(parameter.name)")
      // A bias under a batch norm changes nothing: its gradients are rounding alone.
      expectClose(
        try #require(gradients[parameter]), expected, 2e-5, floor: 0.1, parameter.name)
    }
    guard isNormalized else { return }
    for (parameter, value) in store.namedValues where parameter.contains("running") {
      expectClose(value, try golden.tensor("\(name).after.\(parameter)"), 1e-5, parameter)
    }
    expectClose(
      model(ids, weights: weights, .evaluation()), try golden.tensor("\(name).evaluation"), 1e-5,
      "evaluation")
  }

  @Test func savesAndLoads() throws {
    let directory = try TemporaryDirectory()
    let store = ParameterStore(seed: 3)
    let model = SequenceClassifier(Self.config(isNormalized: true), in: store.root)
    try model.save(store.namedValues, to: directory.path)
    #expect(Double(store.count) == model.config.parameterCount)
    let loaded = try SequenceClassifier.load(directory.path).model
    #expect(loaded.config == model.config)
    let ids = Sequences(ids: Self.ids)
    let weights = Tensor(Self.weights)
    let found = loaded(ids, weights: weights, .evaluation()).floatElements
    #expect(found == model(ids, weights: weights, .evaluation()).floatElements)
  }

  /// Terms have no states that heads over words could read.
  @Test func isNoEncoderOfWords() throws {
    let directory = try TemporaryDirectory()
    let store = ParameterStore(seed: 3)
    let model = SequenceClassifier(Self.config(isNormalized: false), in: store.root)
    try model.save(store.namedValues, to: directory.path)
    let error = #expect(throws: InputError.self) { try PretrainedNetwork(directory.path) }
    #expect(error?.file == directory.path && error?.found.contains("dnn") == true)
  }

  /// Dropping terms scales the others up, and nothing is dropped outside training.
  @Test func dropsTermsInTraining() {
    var config = Self.config(isNormalized: false)
    config.embeddingDropout = 0.5
    let model = SequenceClassifier(config, in: ParameterStore(seed: 3).root)
    let ids = Sequences(ids: Self.ids)
    let weights = Tensor(Self.weights)
    func logits(_ mode: Mode) -> [Float] { model(ids, weights: weights, mode).floatElements }
    #expect(logits(.training(seed: 1, step: 0)) != logits(.training(seed: 1, step: 1)))
    #expect(logits(.training(seed: 1, step: 0)) != logits(.evaluation()))
  }
}
