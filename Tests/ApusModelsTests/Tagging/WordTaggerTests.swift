import ApusFiles
import ApusLayers
import ApusTensors
import ApusText
import Foundation
import Testing

@testable import ApusModels

@Suite struct WordTaggerTests {
  private static let sentences = [
    ["U.N.", "official", "Ekeus", "heads", "for", "Baghdad", "."], ["He", "met", "2", "of", "14"],
    ["Wow"], ["EU", "rejects", "German", "call", "to", "boycott", "British", "lamb", "."],
  ]
  private static let tags = ["O", "B-PER", "I-PER", "E-PER", "S-PER", "S-LOC"]

  private static func config(_ lexicon: TaggerLexicon) -> TaggerConfig {
    var config = TaggerConfig(
      tags: tags, scheme: .iobes, wordCount: lexicon.wordCount,
      characterCount: lexicon.characterCount)
    (config.wordSize, config.characterSize, config.spellingSize, config.casingSize) = (6, 4, 3, 2)
    config.hiddenSize = 5
    config.layerCount = 2
    return config
  }

  private static func tagger(seed: UInt64 = 3) -> (WordTagger, ParameterStore) {
    let lexicon = TaggerLexicon(of: sentences)
    let store = ParameterStore(seed: seed)
    return (WordTagger(config(lexicon), lexicon, in: store.root), store)
  }

  private static func tags(_ tagger: WordTagger, _ sentences: [[String]]) -> [[String]] {
    tagger.tags(sentences.map(tagger.sentence), .evaluation())
  }

  @Test func knowsWordsWithoutCaseAndDigits() {
    let lexicon = TaggerLexicon(of: Self.sentences)
    var spelled = SpelledSentence(count: 8)
    lexicon.read(["HE", "met", "7", "of", "99", "zebras", ".", "."], into: &spelled)
    // "0" stands for 2, and "00" for 14.
    #expect(spelled.ids.filter { $0 == 0 }.count == 1 && spelled.ids[5] == 0)
    #expect(spelled.ids[6] == spelled.ids[7] && lexicon.words.first == ".")
    #expect(spelled.spellings[0] != spelled.spellings[1] && spelled.spellings[2] == [0])
    #expect(Set(spelled.ids).count == 7)
    #expect(
      ["he", "HE", "He", "hE", "12", "1st", "..", "I"].map(WordCasing.init)
        == [.lower, .upper, .initialUpper, .mixed, .numeric, .withDigits, .other, .initialUpper])
  }

  @Test func batchMatesChangeNothing() {
    let (tagger, _) = Self.tagger()
    let together = Self.tags(tagger, Self.sentences)
    for (sentence, tags) in zip(Self.sentences, together) {
      #expect(Self.tags(tagger, [sentence]) == [tags])
      #expect(tags.count == sentence.count)
    }
    func losses(_ sentences: [[String]]) -> [Float] {
      let labels = Tensor(sentences.joined().map { _ in Int32(0) })
      let emissions = tagger.emissions(sentences.map(tagger.sentence), .evaluation())
      return tagger.losses(emissions, labels: labels).floatElements
    }
    let all = losses(Self.sentences)
    #expect(all.count == 4 && all.allSatisfy { $0.isFinite && $0 > 0 })
    #expect(abs(losses([Self.sentences[3]])[0] - all[3]) < 1e-5)
  }

  @Test func keepsTheRulesOfTheScheme() {
    for seed in 0..<20 {
      let (tagger, _) = Self.tagger(seed: UInt64(seed))
      for tags in Self.tags(tagger, Self.sentences) {
        #expect(TagScheme.iobes.converted(tags) == tags)
      }
    }
  }

  @Test(arguments: TaggerConfig.Characters.allCases, [true, false])
  func learnsTagsAndKeepsThemOnDisk(
    _ characters: TaggerConfig.Characters, _ hasChain: Bool
  ) throws {
    let lexicon = TaggerLexicon(of: Self.sentences)
    var config = Self.config(lexicon)
    config.hasChain = hasChain
    (config.dropout, config.characters) = (0, characters)
    let store = ParameterStore(seed: 1)
    let model = WordTagger(config, lexicon, in: store.root)
    let batch = Self.sentences.map(model.sentence)
    let entities = [[Entity(type: "PER", words: 0..<3)], [], [Entity(type: "LOC", words: 0..<1)]]
    let expected = zip(Self.sentences, entities + [[Entity(type: "PER", words: 7..<9)]]).map {
      TagScheme.iobes.tags(of: $1, wordCount: $0.count)
    }
    let labels = Tensor(
      expected.joined().map { tag in Int32(Self.tags.firstIndex(of: tag) ?? -1) })
    for step in 0..<200 {
      let mode = Mode.training(seed: 1, step: step)
      let losses = model.losses(model.emissions(batch, mode), labels: labels)
      let gradients = losses.sum().gradients(of: store.parameters)
      for parameter in store.parameters {
        guard let gradient = gradients[parameter] else { continue }
        parameter.update { $0 = ($0 - gradient * Tensor(0.1)).detached }
      }
    }
    #expect(model.tags(batch, .evaluation()) == expected)

    let directory = try TemporaryDirectory()
    try model.save(store.namedValues, to: directory.path)
    let loaded = try WordTagger.load(directory.path)
    #expect(loaded.model.config == config && loaded.model.lexicon.words == lexicon.words)
    #expect(Self.tags(loaded.model, Self.sentences) == expected)
    #expect(loaded.store.count == store.count)
  }

  @Test func refusesWhatDoesNotFit() throws {
    let (tagger, store) = Self.tagger()
    for (name, old, new, expected) in [
      ("config.json", "\"tagger\"", "\"bert\"", "\"tagger\""),
      ("config.json", "\"S-LOC\"", "\"LOC\"", "O, or a tag such as B-PER"),
      ("config.json", "\"S-LOC\"", "\"O\"", "different tags"),
      ("config.json", "\"IOBES\"", "\"IOB3\"", "one of IOB1, IOB2, IOBES"),
      ("config.json", "\"hidden_size\": 5", "\"hidden_size\": 0", "an integer from 1"),
      ("config.json", "\"hidden_size\": 5", "\"hidden_size\": 6", "rnn."),
      ("config.json", "\"lstm\"", "\"gru\"", "one of lstm, cnn, none"),
      ("config.json", "\"encoder\": null", "\"encoder\": {}", "one of gpt2"),
      ("config.json", "\"word_size\": 6", "\"word_size\": 65536", "weights of the tables"),
      ("lexicon.json", "\"wow\"", "\"he\"", "each word once"),
      ("lexicon.json", "\"U\"", "\"UU\"", "one character"),
      ("lexicon.json", "\"to\",", "", "words as the configuration says"),
    ] {
      let directory = try TemporaryDirectory()
      try tagger.save(store.namedValues, to: directory.path)
      let text = try String(contentsOfFile: "\(directory.path)/\(name)", encoding: .utf8)
      #expect(text.contains(old), "\(old)")
      try directory.write(Array(text.replacing(old, with: new).utf8), to: name)
      let error = #expect(throws: InputError.self, "\(new)") {
        try WordTagger.load(directory.path)
      }
      #expect(error?.expected.contains(expected) == true, "\(String(describing: error))")
    }
  }
}
