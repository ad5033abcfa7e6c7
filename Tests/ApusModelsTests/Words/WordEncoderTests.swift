import ApusFiles
import ApusLayers
import ApusTensors
import ApusText
import Testing

@testable import ApusModels

/// Pretrained networks as encoders of words.
@Suite struct WordEncoderTests {
  private static let sentences = [
    ["Kiln", "by", "\u{7}", "morning"], ["a"], ["the", "kiln", "was", "cold", "by", "morning"],
  ]

  /// Word pieces, mostly single letters.
  private static func tokenizer() throws -> Tokenizer {
    let directory = try TemporaryDirectory()
    try directory.write(Array("the kiln was cold by morning\na kiln\n".utf8), to: "text.txt")
    return try TokenizerTrainer(.wordpiece, vocabularySize: 48)
      .train(on: try Corpus(["\(directory.path)/text.txt"])).tokenizer
  }

  private static func bert(_ tokenizer: Tokenizer) -> (BERT, ParameterStore) {
    var config = BERTConfig(
      vocabularySize: tokenizer.vocabularySize, contextLength: 12, hiddenSize: 8, layerCount: 1,
      headCount: 2)
    config.hasPretrainingHeads = false
    let store = ParameterStore(seed: 4)
    return (BERT(config, hasPooler: false, in: store.root), store)
  }

  private static func elmo() -> (ELMo, ParameterStore) {
    var config = ELMoConfig(
      vocabularySize: 5, filters: [.init(width: 2, count: 4)], size: 6, projectedSize: 4)
    (config.characterSize, config.dropout) = (3, 0.3)
    let store = ParameterStore(seed: 9)
    return (ELMo(config, in: store.root), store)
  }

  @Test func wordsHaveTheStatesOfTheirFirstTokens() throws {
    let tokenizer = try Self.tokenizer()
    let (bert, _) = Self.bert(tokenizer)
    let encoder = TokenWordEncoder(TransformerTokenEncoder(bert), tokenizer, isFrozen: true)
    let sentences = Self.sentences.map(encoder.sentence)
    // A word without tokens counts as an unknown one.
    #expect(sentences[0].pieces[2] == [try #require(tokenizer.unknownID)])
    let found = encoder(sentences, .evaluation())
    #expect(found.lengths == [4, 1, 6] && encoder.outputSize == 8)
    let whole = tokenizer.encode(Self.sentences[1].joined(separator: " ")).ids
    let states = bert(Sequences(ids: [whole]), .evaluation()).values
    expectClose(found.values.rows(4..<5), states.rows(1..<2), 1e-5)

    // The longest sentence has more tokens than the context, and is read in parts of whole words.
    let pieces = sentences[2].pieces
    #expect(pieces.reduce(0) { $0 + $1.count } > 10)
    let first = pieces.indices.first { pieces[...$0].reduce(0) { $0 + $1.count } > 10 } ?? 0
    for range in [0..<first, first..<6] {
      let part = encoder([encoder.sentence(Array(Self.sentences[2][range]))], .evaluation())
      let expected = found.values.rows(5 + range.lowerBound..<5 + range.upperBound)
      expectClose(part.values, expected, 1e-5, "\(range)")
    }
    // A word longer than the context keeps its begin.
    let long = encoder([encoder.sentence([String(repeating: "kilns", count: 9)])], .evaluation())
    #expect(long.values.floatElements.allSatisfy(\.isFinite) && long.elementCount == 1)
  }

  /// Byte-level tokens of words have a space before them, as in running text.
  @Test func byteLevelWordsStandBehindSpaces() throws {
    let directory = try TemporaryDirectory()
    try directory.write(Array("go by, go by\n".utf8), to: "text.txt")
    let tokenizer = try TokenizerTrainer(.bpe, vocabularySize: 270)
      .train(on: try Corpus(["\(directory.path)/text.txt"])).tokenizer
    let config = GPTConfig(
      vocabularySize: tokenizer.vocabularySize, contextLength: 16, hiddenSize: 8, layerCount: 1,
      headCount: 2)
    let gpt = GPT(config, in: ParameterStore(seed: 2).root)
    let encoder = TokenWordEncoder(TransformerTokenEncoder(gpt), tokenizer, isFrozen: false)
    let sentence = encoder.sentence(["go", "by", "go"])
    // The first space, which is a token of its own here, is left out.
    let ids = Array(tokenizer.encode(" go by go").ids.dropFirst())
    #expect(sentence.pieces.flatMap(\.self) == ids)
    #expect(sentence.pieces.map(\.count) == [1, 2, 1])
    let states = gpt(Sequences(ids: [ids]), .evaluation()).values
    let found = encoder([sentence], .evaluation()).values
    let second = sentence.pieces[0].count
    expectClose(found.rows(1..<2), states.rows(second..<second + 1), 1e-5)
  }

  @Test func elmoMixesItsLayers() throws {
    let (elmo, _) = Self.elmo()
    let store = ParameterStore(seed: 3)
    let encoder = ELMoWordEncoder(elmo, isFrozen: true, in: store.root)
    let sentences = [["by", "morning"], ["kiln"]]
    // A frozen network drops nothing, in training too.
    let found = encoder(sentences.map(encoder.sentence), .training(seed: 1, step: 0))
    #expect(found.lengths == [2, 1] && encoder.outputSize == 8)
    let spelling = elmo.config.spelling
    let words = ELMo.Words(
      characters: Sequences(
        ids: [spelling.beginOfSentence] + ["by", "morning"].map { spelling.ids(of: $0.utf8) }
          + [spelling.endOfSentence]),
      numbers: Sequences(ids: [[0, 1, 2, 3]]))
    let layers = elmo(words, .evaluation()).layers.map { $0.values.rows(1..<3) }
    expectClose(found.values.rows(0..<2), (layers[0] + layers[1] + layers[2]) / 3, 1e-5)
    let gradients = found.values.square().sum().gradients(of: store.parameters)
    #expect(store.parameters.allSatisfy { gradients[$0] != nil })
    let trained = ELMoWordEncoder(elmo, isFrozen: false, in: ParameterStore(seed: 3).root)
    let dropped = trained(sentences.map(trained.sentence), .training(seed: 1, step: 0))
    #expect(dropped.values.floatElements != found.values.floatElements)
  }

  /// A tagger on a network is one directory, whose network keeps its weights if it is frozen.
  @Test(arguments: ["bert", "elmo"], [true, false])
  func taggersStandOnPretrainedNetworks(_ kind: String, _ isFineTuned: Bool) throws {
    let directory = try TemporaryDirectory()
    let place = "\(directory.path)/network"
    if kind == "bert" {
      let tokenizer = try Self.tokenizer()
      let (bert, store) = Self.bert(tokenizer)
      try ModelDirectory.save(bert, store.namedValues, to: place)
      try tokenizer.save(to: "\(place)/tokenizer.json")
    } else {
      let (elmo, store) = Self.elmo()
      try elmo.save(store.namedValues, to: place)
    }
    let network = try PretrainedNetwork(place)
    #expect(network.config.modelType == kind)
    let lexicon = TaggerLexicon(of: Self.sentences)
    var config = TaggerConfig(
      tags: ["X", "Y"], scheme: nil, wordCount: lexicon.wordCount,
      characterCount: lexicon.characterCount)
    config.encoder = network.config
    (config.isFineTuned, config.layerCount, config.dropout) = (isFineTuned, 0, 0)
    (config.wordSize, config.characters) = (kind == "bert" ? 0 : 3, .none)
    let start = StartingPoint(
      values: Dictionary(
        uniqueKeysWithValues: network.weights.map { ("encoder.\($0.name)", $0.value) }),
      frozen: isFineTuned ? [] : ["encoder.*"])
    let store = ParameterStore(seed: 1, from: start)
    let model = WordTagger(config, lexicon, network.tokenizer, in: store.root)
    for parameter in store.parameters {
      let isNetwork = parameter.name.hasPrefix("encoder.")
      #expect(parameter.isFrozen == (isNetwork && !isFineTuned), "\(parameter.name)")
    }
    let sentences = Self.sentences.map(model.sentence)
    let labels = Tensor((0..<11).map { Int32($0 % 2) })
    let losses = model.losses(
      model.emissions(sentences, .training(seed: 1, step: 0)), labels: labels)
    let gradients = losses.sum().gradients(of: store.parameters)
    for parameter in store.parameters {
      #expect((gradients[parameter] == nil) == parameter.isFrozen, "\(parameter.name)")
    }

    let saved = "\(directory.path)/tagger"
    try model.save(store.namedValues, to: saved)
    let loaded = try WordTagger.load(saved).model
    #expect(loaded.config == config)
    let states = loaded.emissions(Self.sentences.map(loaded.sentence), .evaluation()).values
    let expected = model.emissions(sentences, .evaluation()).values
    #expect(states.floatElements == expected.floatElements)
    for precision in [Mode.Precision.bf16, .int8] {
      #expect(loaded.tags(sentences, .evaluation(precision)).map(\.count) == [4, 1, 6])
    }
  }
}
