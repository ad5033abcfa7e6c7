import ApusFiles
import ApusLayers
import ApusModels
import ApusTensors
import Testing

@Suite struct ELMoTests {
  private static func config() -> ELMoConfig {
    var config = ELMoConfig(
      vocabularySize: 9, filters: [.init(width: 1, count: 3), .init(width: 4, count: 5)], size: 8,
      projectedSize: 6)
    (config.characterSize, config.wordLength, config.dropout) = (4, 12, 0)
    return config
  }
  private let pretraining: ELMoPretraining
  private var model: ELMo { pretraining.encoder }
  private let store: ParameterStore

  init() {
    store = ParameterStore(seed: 6)
    pretraining = ELMoPretraining(Self.config(), in: store.root)
  }

  /// The words of some sentences, each spelt anew.
  private func words(
    _ sentences: [[String]], spelling: WordCharacters? = nil
  ) -> ELMo.Words {
    let spelling = spelling ?? model.config.spelling
    let characters = sentences.joined().map { spelling.ids(of: $0.utf8) }
    var next: Int32 = 0
    let numbers = sentences.map { sentence in
      sentence.map { _ in
        defer { next += 1 }
        return next
      }
    }
    return ELMo.Words(
      characters: Sequences(ids: characters), numbers: Sequences(ids: numbers))
  }

  private func layers(_ words: ELMo.Words) -> [Tensor] {
    model(words, .evaluation()).layers.map(\.values)
  }

  private let sentences = [
    ["a", "swift", "flies"], ["dolphins"], ["no", "swift", "sleeps", "long"],
  ]

  @Test func spellsWordsAsThePublishedModels() {
    let spelling = WordCharacters(length: 50, widest: 7)
    #expect(
      spelling.ids(of: "hé".utf8)
        == [258, 104, 195, 169, 259] + [Int32](repeating: 260, count: 7))
    #expect(spelling.beginOfSentence.prefix(4) == [258, 256, 259, 260])
    #expect(spelling.endOfSentence.prefix(4) == [258, 257, 259, 260])
    let long = spelling.ids(of: String(repeating: "x", count: 80).utf8)
    #expect(long.count == 50 && long.first == 258 && long.last == 259)
    #expect(spelling.ids(of: String(repeating: "x", count: 46).utf8).suffix(3) == [259, 260, 260])
  }

  /// The published models pad all words to one length, which changes nothing.
  @Test func paddingToTheFullLengthChangesNothing() {
    let full = WordCharacters(length: 12, widest: 12)
    for (short, long) in zip(
      layers(words(sentences)), layers(words(sentences, spelling: full)))
    {
      expectClose(short, long, 1e-6)
    }
  }

  @Test func sentencesDoNotDependOnTheirBatch() {
    let together = layers(words(sentences))
    #expect(together.map(\.shape) == Array(repeating: [8, 12], count: 3))
    var start = 0
    for sentence in sentences {
      for (whole, alone) in zip(together, layers(words([sentence]))) {
        expectClose(alone, whole.rows(start..<start + sentence.count), 1e-6)
      }
      start += sentence.count
    }
  }

  /// The first half of a state has seen what is before, the second half what is behind.
  @Test func directionsSeeOneSideEach() {
    let one = layers(words([["a", "swift", "flies"]]))
    let other = layers(words([["a", "swift", "sleeps"]]))
    for layer in 1..<one.count {
      let (first, second) = (one[layer].rows(0..<2), other[layer].rows(0..<2))
      #expect(first.columns(0..<6).floatElements == second.columns(0..<6).floatElements)
      #expect(first.columns(6..<12).floatElements != second.columns(6..<12).floatElements)
    }
  }

  @Test func wordsAreTheSameWithoutAContext() {
    let layers = layers(words([["a", "swift"], ["no", "swift"]]))
    #expect(layers[0].rows(1..<2).floatElements == layers[0].rows(3..<4).floatElements)
    #expect(layers[2].rows(1..<2).floatElements != layers[2].rows(3..<4).floatElements)
  }

  /// Two halves with the states between them are the whole, for the direction that goes on.
  @Test func carriedStatesGoOn() {
    let whole = layers(words([["a", "swift", "flies", "high"]]))
    let first = model(words([["a", "swift"]]), .evaluation())
    let second = model(words([["flies", "high"]]), from: first.states, .evaluation())
    for (layer, expected) in zip(second.layers, whole) {
      expectClose(
        layer.values.columns(0..<6), expected.rows(2..<4).columns(0..<6), 1e-6)
    }
    let fresh = model(words([["flies", "high"]]), .evaluation()).layers[1].values
    #expect(fresh.floatElements != second.layers[1].values.floatElements)
  }

  @Test func lossIsThatOfBothDirections() throws {
    // A sentence of one word has nothing to predict.
    let two = words([sentences[0], sentences[2]])
    let targets: [Int32] = [1, 2, 3, 5, 2, 6, 7]
    let last = try #require(layers(two).last)
    let values = Dictionary(
      uniqueKeysWithValues: store.namedValues.map { ($0.name, $0.value) })
    let weight = try #require(values["decoder.weight"])
    let bias = try #require(values["decoder.bias"])
    func losses(_ rows: [Int32], _ others: [Int], _ columns: Range<Int>) -> Tensor {
      crossEntropy(
        linear(last.columns(columns).gathered(rows), weight, bias),
        targets: Tensor(others.map { targets[$0] }))
    }
    let next = losses([0, 1, 3, 4, 5], [1, 2, 4, 5, 6], 0..<6)
    let former = losses([1, 2, 4, 5, 6], [0, 1, 3, 4, 5], 6..<12)
    let expected = (next.mean() + former.mean()) * 0.5
    expectClose(pretraining.loss(two, targets: Tensor(targets), .evaluation()), expected, 1e-6)
    let gradients = pretraining.loss(two, targets: Tensor(targets), .training(seed: 1, step: 0))
      .gradients(of: store.parameters)
    for parameter in store.parameters {
      let gradient = try #require(gradients[parameter], "\(parameter.name)")
      #expect(gradient.floatElements.contains { $0 != 0 }, "\(parameter.name)")
    }
  }

  @Test func savesAndLoads() throws {
    let directory = try TemporaryDirectory()
    try model.save(store.namedValues, to: directory.path)
    let loaded = try ELMo.load(directory.path)
    #expect(loaded.model.config == model.config)
    let found = loaded.model(words(sentences), .evaluation()).layers[2].values
    #expect(found.floatElements == layers(words(sentences))[2].floatElements)
    try directory.write(
      Array(model.config.json.text.replacing("\"cell_clip\": 3.0", with: "\"cell_clip\": 0").utf8),
      to: "config.json")
    let error = #expect(throws: InputError.self) { try ELMo.load(directory.path) }
    #expect(error?.description.contains("cell_clip") == true)
  }
}
