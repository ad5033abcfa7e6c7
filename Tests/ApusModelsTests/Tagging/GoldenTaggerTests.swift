import ApusFiles
import ApusLayers
import ApusTensors
import Testing

@testable import ApusModels

/// A whole tagger beside PyTorch's, by Tests/Peers/tagging/make_tagger.py.
@Suite struct GoldenTaggerTests {
  private static let labels: [[Int32]] = [[1, 2, 0, 3], [0], [3, 4, 4, 1, 2]]

  private static func sentence(
    _ ids: [Int32], _ spellings: [[Int32]], _ casings: [Int32]
  ) -> SpelledSentence {
    var sentence = SpelledSentence(count: ids.count)
    (sentence.ids, sentence.spellings, sentence.casings) = (ids, spellings, casings)
    return sentence
  }

  private static let sentences = [
    sentence([3, 0, 5, 1], [[1, 2, 3], [4], [5, 5, 1, 2, 6], [1, 2]], [2, 0, 1, 6]),
    sentence([2], [[7]], [3]),
    sentence([4, 4, 6, 2, 1], [[2, 2], [2, 2], [3, 0, 1], [7], [1, 2]], [0, 0, 4, 5, 0]),
  ]

  @Test(arguments: [TaggerConfig.Characters.lstm, .cnn])
  func agreesWithPyTorch(_ characters: TaggerConfig.Characters) throws {
    let file = try SafetensorsFile(contentsOf: Golden.directory + "tagger.safetensors")
    @Sendable func golden(_ name: String) throws -> Tensor {
      try file.tensor("\(characters.rawValue).\(name)")
    }
    let lexicon = TaggerLexicon(of: [["a", "bc", "de", "fg", "ab", "cd"]])
    var config = TaggerConfig(
      tags: ["O", "B-PER", "I-PER", "B-LOC", "I-LOC"], scheme: .iob2,
      wordCount: lexicon.wordCount, characterCount: lexicon.characterCount)
    config.characters = characters
    (config.wordSize, config.characterSize, config.spellingSize, config.casingSize) = (5, 4, 3, 2)
    (config.hiddenSize, config.dropout) = (6, 0)
    let (model, store) = try ParameterStore.loading(from: { name, _ in try golden(name) }) {
      WordTagger(config, lexicon, in: $0)
    }
    let emissions = model.emissions(Self.sentences, .training(seed: 0, step: 0))
    expectClose(emissions.values, try golden("emissions"), 1e-5, "emissions")
    let losses = model.losses(emissions, labels: Tensor(Self.labels.flatMap(\.self)))
    expectClose(losses, try golden("losses"), 1e-5, "losses")
    #expect(
      model.labels(emissions).joined().map(Int32.init)
        == (try golden("best").elements(as: Int32.self)))
    let gradients = losses.sum().gradients(of: store.parameters)
    for parameter in store.parameters {
      expectClose(
        try #require(gradients[parameter]), try golden("d.\(parameter.name)"), 1e-4,
        parameter.name)
    }
    #expect(
      store.parameters.count
        == file.entries.count { $0.name.hasPrefix("\(characters.rawValue).d.") })
  }
}
