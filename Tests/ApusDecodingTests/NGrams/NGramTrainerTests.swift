import ApusFiles
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
