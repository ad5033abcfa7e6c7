import ApusFiles
import Glibc
import Testing

@testable import ApusDecoding

@Suite struct NGramTrainerTests {
  @Test(arguments: [("words.arpa", 3), ("characters.arpa", 4)])
  func modelsAreThePlainlyComputedOnes(_ name: String, _ order: Int) throws {
    let expected = try NGramModel(contentsOf: Golden.directory + name)
    var trainer = try NGramTrainer(order: order)
    for sentence in try Golden.sentences() {
      try trainer.add(NGramModel.words(of: sentence, expected.unit))
    }
    let (model, smoothing) = try trainer.model()
    #expect(model.counts == expected.counts)
    #expect(model.vocabulary == expected.vocabulary)
    let count = expected.counts.reduce(1, +)
    var worst: Float = 0
    for node in 1..<count {
      #expect(model.image.words[node] == expected.image.words[node])
      worst = max(
        worst, abs(model.image.logProbabilities[node] - expected.image.logProbabilities[node]))
      if node < Int(expected.image.firstLeaf) {
        worst = max(worst, abs(model.image.backoffs[node] - expected.image.backoffs[node]))
      }
    }
    #expect(worst < 2e-6)
    if order == 3 {
      let discounts = try Golden.Readings().discounts
      #expect(smoothing.map(\.isAssumed) == [true, false, false])
      for (found, expected) in zip(smoothing.map(\.discounts), discounts) {
        for (x, y) in zip(found, expected) { #expect(abs(x - y) < 1e-9) }
      }
    }
  }

  @Test func perplexityIsThatOfTheScores() throws {
    let model = try NGramModel(contentsOf: Golden.directory + "words.arpa")
    var perplexity = NGramPerplexity()
    for sentence in try Golden.sentences() {
      perplexity.add(sentence.split(separator: " ").map(String.init), model)
    }
    #expect(perplexity.sentenceCount == 240 && perplexity.unknownCount == 0)
    #expect(perplexity.perplexity == perplexity.perplexityOfKnownWords)
    #expect(3...57 ~= perplexity.perplexity)
    perplexity.add(["xyzzy"], model)
    #expect(perplexity.unknownCount == 1)
    #expect(perplexity.perplexityOfKnownWords < perplexity.perplexity)
  }

  /// Words are their bytes: é is one scalar or two.
  @Test func wordsThatLookTheSame() throws {
    var trainer = try NGramTrainer(order: 1)
    let words = ["caf\u{E9}", "cafe\u{301}"]
    try trainer.add(words)
    let (model, _) = try trainer.model()
    #expect(Set(words.map { model.id(of: $0) } + [NGramModel.unknown]).count == 3)
    #expect(NGramModel.words(of: "e\u{301} a", .character) == ["e", "\u{301}", "▁", "a"])
  }

  @Test func unknownWordsOfTexts() throws {
    var trainer = try NGramTrainer(order: 2)
    for sentence in try Golden.sentences().prefix(50) {
      try trainer.add(NGramModel.words(of: "<unk> " + sentence, .word))
    }
    let (model, _) = try trainer.model()
    #expect(model.text(of: NGramModel.unknown) == "<unk>")
    let first = model.score(NGramModel.unknown, after: model.start)
    #expect(first.length == 2 && first.logProbability > -0.1)
    let sum = (0..<Int32(model.counts[0])).reduce(0.0) {
      $0 + pow(10, Double(model.score($1, after: first.context).logProbability))
    }
    #expect(abs(sum - 1) < 1e-4)
  }

  @Test func refusesWhatIsNoText() throws {
    #expect(throws: InputError.self) { try NGramTrainer(order: 0) }
    var trainer = try NGramTrainer(order: 2)
    #expect(throws: InputError.self) { try trainer.add(["a", "</s>"]) }
    try trainer.add([])
    #expect(throws: InputError.self) { try trainer.model() }
    try trainer.add(["a"])
    #expect(try trainer.model().model.counts == [4, 3])
  }
}
