import ApusFiles
import ApusModels
import ApusTensors
import Testing

@Suite struct TextCNNTests {
  private static func config() -> TextCNNConfig {
    var config = TextCNNConfig(vocabularySize: 11, labels: ["bad", "fine", "good"])
    (config.embeddingSize, config.kernelSizes, config.channelCount) = (5, [2, 4], 3)
    return config
  }

  /// Kim's definition, one window after the other, in Double.
  private func logits(_ ids: [Int32], _ values: [String: [Double]], _ config: TextCNNConfig) throws
    -> [Double]
  {
    func weights(_ name: String) throws -> [Double] { try #require(values[name]) }
    let (table, size) = (try weights("embedding.weight"), config.embeddingSize)
    var features: [Double] = []
    for (index, kernel) in config.kernelSizes.enumerated() {
      let weight = try weights("convolutions.\(index).weight")
      let bias = try weights("convolutions.\(index).bias")
      for channel in 0..<config.channelCount {
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
    let model = TextCNN(Self.config(), in: store.root)
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

  @Test func everyWeightGetsAGradient() throws {
    let store = ParameterStore(seed: 3)
    let model = TextCNN(Self.config(), in: store.root)
    let ids = Sequences(ids: [[1, 5, 2, 9], [7, 6, 3, 8, 10]])
    let loss = crossEntropy(
      model(ids, .training(seed: 1, step: 0)), targets: Tensor([0, 2] as [Int32]))
    let gradients = loss.sum().gradients(of: store.parameters)
    for parameter in store.parameters {
      let gradient = try #require(gradients[parameter], "\(parameter.name)")
      #expect(gradient.floatElements.contains { $0 != 0 }, "\(parameter.name)")
    }
  }

  @Test func savesAndLoads() throws {
    let directory = try TemporaryDirectory()
    let store = ParameterStore(seed: 3)
    let model = TextCNN(Self.config(), in: store.root)
    try model.save(store.namedValues, to: directory.path)
    let loaded = try TextCNN.load(directory.path)
    #expect(loaded.model.config == model.config)
    let ids = Sequences(ids: [[1, 5, 2, 9]])
    #expect(
      loaded.model(ids, .evaluation()).floatElements == model(ids, .evaluation()).floatElements)
    #expect(try ModelDirectory.modelType(of: directory.path) == "textcnn")
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
    try TextCNN(Self.config(), in: store.root).save(store.namedValues, to: directory.path)
    let text = Self.config().json.text
    #expect(text.contains(sound))
    try directory.write(Array(text.replacing(sound, with: damaged).utf8), to: "config.json")
    let error = #expect(throws: InputError.self) { try TextCNN.load(directory.path) }
    #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
  }
}
