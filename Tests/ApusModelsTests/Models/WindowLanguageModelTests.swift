import ApusFiles
import ApusLayers
import ApusModels
import ApusTensors
import Foundation
import Testing

@Suite struct WindowLanguageModelTests {
  static let configs: [WindowConfig] = {
    var direct = WindowConfig(
      vocabularySize: 23, windowLength: 3, embeddingSize: 4, hiddenSize: 5)
    (direct.hasDirectConnections, direct.dropout, direct.ends) = (true, 0.25, [2])
    direct.initializerRange = 0.3
    return [
      WindowConfig(vocabularySize: 23, windowLength: 2, embeddingSize: 3, hiddenSize: 6), direct,
    ]
  }()

  @Test(arguments: configs) func configurationsAreReadAsTheyAreWritten(
    _ config: WindowConfig
  ) throws {
    let json = LanguageModelConfig.window(config).json
    let read = try LanguageModelConfig(JSONField(json, file: "config.json"))
    #expect(read == .window(config))
    let store = ParameterStore(seed: 1)
    _ = LanguageModel(.window(config), in: store.root)
    #expect(config.parameterCount == Double(store.count))
  }

  /// y = b + U tanh(d + Hx) + Wx, in Double.
  @Test(arguments: configs) func agreesWithItsDefinition(_ config: WindowConfig) throws {
    let store = ParameterStore(seed: 3)
    let model = WindowLanguageModel(config, in: store.root)
    var values: [String: [Double]] = [:]
    for parameter in store.parameters {
      for (name, value) in parameter.namedValues {
        values[name] = value.floatElements.map(Double.init)
      }
    }
    func product(_ name: String, _ x: [Double]) throws -> [Double] {
      let weight = try #require(values[name + ".weight"])
      let bias = try #require(values[name + ".bias"])
      return bias.enumerated().map { row, bias in
        bias + zip(weight[row * x.count..<(row + 1) * x.count], x).reduce(0) { $0 + $1.0 * $1.1 }
      }
    }
    let text: [Int32] = [4, 9, 1, 22]
    let padded = Array(repeating: Int32(config.ends.first ?? 0), count: config.windowLength) + text
    let embeddings = try #require(values["encoder.weight"])
    let x = padded.suffix(config.windowLength).flatMap { id in
      embeddings[Int(id) * config.embeddingSize..<(Int(id) + 1) * config.embeddingSize]
    }
    let units = try product("hidden", x).map { tanh($0) }
    let expected = try product("decoder", config.hasDirectConnections ? units + x : units)
    let found = model.start(Sequences(ids: [text]), .evaluation()).logits.floatElements
    for (found, expected) in zip(found, expected) {
      #expect((Double(found) - expected).magnitude < 1e-5)
    }
  }

  /// Token by token and in parts the logits are those of whole texts.
  @Test(arguments: configs) func stepsEqualWholeTexts(_ config: WindowConfig) throws {
    let window = WindowLanguageModel(config, in: ParameterStore(seed: 2).root)
    let model = try #require(LanguageModel.window(window).causal)
    let texts: [[Int32]] = [[4, 9, 1, 22, 5], [7]]
    let whole = window(Sequences(ids: texts), .evaluation()).features.values
    var (logits, state) = model.start(Sequences(ids: [[4], [7]]), .evaluation())
    #expect(
      logits.floatElements == window.logits(whole.gathered([0, 5]), .evaluation()).floatElements)
    state = state.selecting([0])
    for place in 1..<texts[0].count {
      logits = model.next(Tensor([texts[0][place]]), extending: &state, .evaluation())
      let expected = window.logits(whole.gathered([Int32(place)]), .evaluation())
      for (a, b) in zip(logits.floatElements, expected.floatElements) {
        #expect((a - b).magnitude < 1e-5)
      }
    }
    let (first, context) = window(Sequences(ids: [[4, 9]]), .evaluation())
    let rest = window(Sequences(ids: [[1, 22, 5]]), from: context, .evaluation()).features
    let parts = concatenated([first.values, rest.values])
    for (a, b) in zip(parts.floatElements, whole.rows(0..<5).floatElements) {
      #expect((a - b).magnitude < 1e-5)
    }
  }
}
