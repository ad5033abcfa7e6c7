import ApusFiles
import ApusLayers
import ApusModels
import ApusTensors
import Testing

@Suite struct SequenceClassifierTests {
  private static func config(
    _ network: ClassifierConfig.Network = .convolutions(kernelSizes: [2, 4], channelCount: 3)
  ) -> ClassifierConfig {
    var config = ClassifierConfig(network, vocabularySize: 11, labels: ["bad", "fine", "good"])
    config.embeddingSize = 5
    return config
  }

  private static let configs =
    [config(), config(.convolutions(kernelSizes: [2, 3], channelCount: 8, layerCount: 3))]
    + [config(.recurrent(.gru, size: 3, layerCount: 2))]
    + RecurrentPooling.allCases.map {
      config(.recurrent(size: 3, layerCount: 2, pooling: $0))
    }

  /// Kim's definition, one window after the other, in Double.
  private func logits(_ ids: [Int32], _ values: [String: [Double]], _ config: ClassifierConfig)
    throws -> [Double]
  {
    func weights(_ name: String) throws -> [Double] { try #require(values[name]) }
    let (table, size) = (try weights("embedding.weight"), config.embeddingSize)
    guard case .convolutions(let kernelSizes, let channelCount, _) = config.network else {
      return []
    }
    var features: [Double] = []
    for (index, kernel) in kernelSizes.enumerated() {
      let weight = try weights("convolutions.\(index).weight")
      let bias = try weights("convolutions.\(index).bias")
      for channel in 0..<channelCount {
        let sums = (1 - kernel..<ids.count).map { start in
          (0..<kernel).reduce(bias[channel]) { sum, tap in
            guard ids.indices.contains(start + tap) else { return sum }
            return (0..<size).reduce(sum) {
              $0 + table[Int(ids[start + tap]) * size + $1]
                * weight[(channel * size + $1) * kernel + tap]
            }
          }
        }
        features.append(ids.isEmpty ? 0 : max(0, sums.max() ?? 0))
      }
    }
    let (weight, bias) = (try weights("classifier.weight"), try weights("classifier.bias"))
    return bias.indices.map { label in
      features.indices.reduce(bias[label]) {
        $0 + weight[label * features.count + $1] * features[$1]
      }
    }
  }

  @Test func agreesWithItsDefinition() throws {
    let store = ParameterStore(seed: 3)
    let model = SequenceClassifier(Self.config(), in: store.root)
    let values = Dictionary(
      uniqueKeysWithValues: store.namedValues.map {
        ($0.name, $0.value.floatElements.map(Double.init))
      })
    // One text of a single word, and one without any.
    let texts: [[Int32]] = [[1, 5, 2, 9, 9, 4, 10], [7], [], [3, 3, 0]]
    let found = model(Sequences(ids: texts), .evaluation()).floatElements
    let expected = try texts.flatMap { try logits($0, values, model.config) }
    for (found, expected) in zip(found, expected) {
      #expect((Double(found) - expected).magnitude < 1e-5, "\(found), not \(expected)")
    }
    #expect(found.count == expected.count)
    let features = model.features(Sequences(ids: texts), .evaluation())
    #expect(features.shape == [4, 6])
    #expect(features.rows(2..<3).floatElements.allSatisfy { $0 == 0 })
  }

  /// What is pooled of PyTorch's layers, which `RecurrentNetworkTests` compare, by its definition.
  @Test(arguments: RecurrentPooling.allCases)
  func poolsTheStatesOfWords(_ pooling: RecurrentPooling) throws {
    let store = ParameterStore(seed: 5)
    let config = Self.config(.recurrent(size: 3, pooling: pooling))
    let model = SequenceClassifier(config, in: store.root)
    let values = Dictionary(uniqueKeysWithValues: store.namedValues.map { ($0.name, $0.value) })
    func weight(_ name: String) throws -> Tensor { try #require(values[name]) }
    let network = try ParameterStore.loading(from: { name, _ in
      try #require(values["rnn.\(name)"])
    }) {
      RecurrentNetwork(
        RecurrentOptions(.lstm, inputSize: 5, size: 3, isBidirectional: true), in: $0)
    }.model
    let texts: [[Int32]] = [[1, 5, 2, 9, 10], [7], [3, 3]]
    let table = try weight("embedding.weight")
    let expected = try texts.flatMap { ids -> [Float] in
      let (outputs, last) = network(
        Sequences(table.gathered(ids), lengths: [ids.count]), .evaluation())
      let rows = (0..<ids.count).map { outputs.values.rows($0..<$0 + 1).floatElements }
      switch pooling {
      case .max: return (0..<6).map { channel in rows.map { $0[channel] }.max() ?? 0 }
      case .mean:
        return (0..<6).map { channel in
          rows.reduce(0) { $0 + $1[channel] } / Float(ids.count)
        }
      case .last: return last.flatMap { $0.hidden.floatElements }
      case .attention:
        let keys = linear(
          outputs.values, try weight("attention.key.weight"), try weight("attention.key.bias"))
        let context = try weight("attention.context").floatElements
        let scores = (0..<ids.count).map { row in
          zip(keys.tanh().rows(row..<row + 1).floatElements, context).reduce(0) {
            $0 + $1.0 * $1.1
          }
        }
        let shares = Tensor(scores).softmax().floatElements
        return (0..<6).map { channel in
          zip(rows, shares).reduce(0) { $0 + $1.0[channel] * $1.1 }
        }
      }
    }
    let found = model.features(Sequences(ids: texts), .evaluation())
    expectClose(found, Tensor(expected, [3, 6]), 1e-5)
    // A text without words has zeros, also alone.
    let empty = model.features(Sequences(ids: [[4], []]), .evaluation())
    #expect(empty.rows(1..<2).floatElements.allSatisfy { $0 == 0 })
    let alone = model.features(Sequences(ids: [[]]), .evaluation())
    #expect(alone.floatElements == [Float](repeating: 0, count: 6))
  }

  @Test(arguments: configs) func everyWeightGetsAGradient(_ config: ClassifierConfig) throws {
    let store = ParameterStore(seed: 3)
    let model = SequenceClassifier(config, in: store.root)
    let ids = Sequences(ids: [[1, 5, 2, 9], [7, 6, 3, 8, 10]])
    let loss = crossEntropy(
      model(ids, .training(seed: 1, step: 0)), targets: Tensor([0, 2] as [Int32]))
    let gradients = loss.sum().gradients(of: store.parameters)
    for parameter in store.parameters {
      let gradient = try #require(gradients[parameter], "\(parameter.name)")
      #expect(gradient.floatElements.contains { $0 != 0 }, "\(parameter.name)")
    }
  }

  @Test(arguments: configs) func savesAndLoads(_ config: ClassifierConfig) throws {
    let directory = try TemporaryDirectory()
    let store = ParameterStore(seed: 3)
    let model = SequenceClassifier(config, in: store.root)
    try model.save(store.namedValues, to: directory.path)
    #expect(Double(store.count) == config.parameterCount)
    let loaded = try SequenceClassifier.load(directory.path)
    #expect(loaded.model.config == model.config)
    let ids = Sequences(ids: [[1, 5, 2, 9]])
    #expect(
      loaded.model(ids, .evaluation()).floatElements == model(ids, .evaluation()).floatElements)
    let type = try ModelDirectory.modelType(of: directory.path)
    #expect(ClassifierConfig.modelTypes.contains(type ?? ""))
  }

  @Test(arguments: [
    (
      "\"labels\": [\n    \"bad\",\n    \"fine\",\n    \"good\"\n  ]", "\"labels\": [\"bad\"]",
      "labels"
    ),
    ("\"dropout\": 0.5", "\"dropout\": 1", "dropout"),
    ("\"num_channels\": 3", "\"num_channels\": 0", "num_channels"),
    ("\"num_channels\": 3", "\"num_channels\": 4", "convolutions.0"),
    ("\"vocab_size\": 11", "\"vocab_size\": 16777216", "weights of the configuration"),
  ])
  func refusesWhatDoesNotFit(_ sound: String, _ damaged: String, _ message: String) throws {
    let directory = try TemporaryDirectory()
    let store = ParameterStore(seed: 3)
    try SequenceClassifier(Self.config(), in: store.root).save(
      store.namedValues, to: directory.path)
    let text = Self.config().json.text
    #expect(text.contains(sound))
    try directory.write(Array(text.replacing(sound, with: damaged).utf8), to: "config.json")
    let error = #expect(throws: InputError.self) { try SequenceClassifier.load(directory.path) }
    #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
  }
}
