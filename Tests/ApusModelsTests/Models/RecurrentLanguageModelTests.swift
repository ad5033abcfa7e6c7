import ApusFiles
import ApusLayers
import ApusModels
import ApusTensors
import Testing

@Suite struct RecurrentLanguageModelTests {
  static let configs: [RecurrentConfig] = {
    var projected = RecurrentConfig(
      .lstm, vocabularySize: 29, embeddingSize: 6, hiddenSize: 9, layerCount: 2)
    (projected.projectedSize, projected.hasPeepholes, projected.tiedEmbeddings) = (6, true, true)
    (projected.inputDropout, projected.weightDropout, projected.tokenDropout) = (0.1, 0.2, 0.3)
    (projected.locksDropout, projected.initializerRange, projected.ends) = (true, 0.05, [3])
    var adaptive = RecurrentConfig(
      .lstm, vocabularySize: 29, embeddingSize: 5, hiddenSize: 18, layerCount: 1)
    adaptive.cutoffs = [4, 9]
    // The last layer has the size of the embeddings.
    var tied = RecurrentConfig(
      .gru, vocabularySize: 29, embeddingSize: 4, hiddenSize: 7, layerCount: 3)
    tied.tiedEmbeddings = true
    let normed = RecurrentCell.allCases.map { cell in
      var normed = RecurrentConfig(
        cell, vocabularySize: 29, embeddingSize: 5, hiddenSize: 7, layerCount: 2)
      (normed.hasLayerNorm, normed.stateZoneout) = (true, 0.2)
      if cell == .lstm { normed.memoryZoneout = 0.3 }
      return normed
    }
    return RecurrentCell.allCases.map {
      RecurrentConfig($0, vocabularySize: 29, embeddingSize: 5, hiddenSize: 7, layerCount: 2)
    } + [projected, tied, adaptive] + normed
  }()

  @Test(arguments: configs) func configurationsAreReadAsTheyAreWritten(
    _ config: RecurrentConfig
  ) throws {
    let text = LanguageModelConfig.recurrent(config).json.text
    #expect(try read(text) == .recurrent(config))
    let store = ParameterStore(seed: 1)
    _ = LanguageModel(.recurrent(config), in: store.root)
    #expect(config.parameterCount == Double(store.count))
  }

  @Test(arguments: [
    (#"{"model_type": "lstm"}"#, "vocab_size"),
    (
      #"{"model_type": "gru", "vocab_size": 9, "embedding_size": 4, "hidden_size": 4, "proj_size": 2}"#,
      "lstm for proj_size"
    ),
    (
      #"{"model_type": "lstm", "vocab_size": 9, "embedding_size": 4, "hidden_size": 6, "proj_size": 3, "tie_word_embeddings": true}"#,
      "output size 3"
    ),
    (
      #"{"model_type": "gru", "vocab_size": 9, "embedding_size": 4, "hidden_size": 4, "memory_zoneout": 0.1}"#,
      "memory_zoneout"
    ),
  ]) func impossibleConfigurationsAreRefused(_ text: String, _ reason: String) throws {
    let error = #expect(throws: InputError.self) { try read(text) }
    #expect(error?.description.contains(reason) == true, "\(String(describing: error))")
  }

  /// Token by token the logits are those of whole texts, for texts of any lengths and chosen anew.
  @Test(arguments: configs) func stepsEqualWholeTexts(_ config: RecurrentConfig) throws {
    let recurrent = RecurrentLanguageModel(config, in: ParameterStore(seed: 2).root)
    let model = try #require(LanguageModel.recurrent(recurrent).causal)
    let texts: [[Int32]] = [[4, 9, 1, 28, 5], [7, 7, 2, 0, 11, 3]]
    var (logits, state) = model.start(Sequences(ids: [[4, 9, 1], [7, 7, 2, 0]]), .evaluation())
    for place in 0..<2 {
      let whole = model.start(
        Sequences(ids: [Array(texts[0][..<(3 + place)]), Array(texts[1][..<(4 + place)])]),
        .evaluation())
      expectClose(logits, whole.logits, 1e-6)
      logits = model.next(
        Tensor([texts[0][3 + place], texts[1][4 + place]] as [Int32]), extending: &state,
        .evaluation())
    }
    expectClose(logits, model.start(Sequences(ids: texts), .evaluation()).logits, 1e-6)

    var swapped = state.selecting([1, 1, 0])
    let found = model.next(Tensor([1, 2, 3] as [Int32]), extending: &swapped, .evaluation())
    let expected = model.start(
      Sequences(ids: [texts[1] + [1], texts[1] + [2], texts[0] + [3]]), .evaluation())
    expectClose(found, expected.logits, 1e-6)
  }

  private func read(_ text: String) throws -> LanguageModelConfig {
    var text = text
    let value = try text.withUTF8 { try JSONValue(parsing: $0, file: "config.json") }
    return try LanguageModelConfig(JSONField(value, file: "config.json"))
  }

  /// Against sums written out.
  @Test func penaltiesAreMeanSquares() throws {
    var config = Self.configs[3]
    config.outputDropout = 0.5
    let model = RecurrentLanguageModel(config, in: ParameterStore(seed: 2).root)
    let outputs = model(Sequences(ids: [[1, 2, 3], [4], [5, 6]]), .training(seed: 1, step: 0))
    let dropped = outputs.dropped.values.floatElements
    let activation = dropped.reduce(0) { $0 + $1 * $1 } / Float(dropped.count)
    #expect(abs(outputs.activationPenalty.scalar - activation) <= 1e-6 * activation)
    #expect(dropped.contains(0))

    let raw = outputs.raw.values.floatElements
    let size = config.hiddenSize
    let changes = [(0, 1), (1, 2), (4, 5)].flatMap { before, after in
      (0..<size).map { raw[after * size + $0] - raw[before * size + $0] }
    }
    let change = changes.reduce(0) { $0 + $1 * $1 } / Float(changes.count)
    let penalty = try #require(outputs.changePenalty)
    #expect(abs(penalty.scalar - change) <= 1e-6 * change)
    #expect(model(Sequences(ids: [[1], [2]]), .evaluation()).changePenalty == nil)
  }
}
