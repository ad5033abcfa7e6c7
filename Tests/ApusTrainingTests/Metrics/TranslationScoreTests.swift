import ApusTraining
import Foundation
import Testing

@Suite struct TranslationScoreTests {
  /// What sacrebleu finds, from Tests/Peers/translation/make_scores.py.
  private struct Golden: Decodable {
    struct Case: Decodable {
      let name: String
      let outputs: [String]
      let references: [[String]]
      let bleu, bleu_none, chrf: Double
    }
    let cases: [Case]
  }

  @Test func scoresAreSacrebleus() throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Golden/translation_scores.json")
    let golden = try JSONDecoder().decode(Golden.self, from: Data(contentsOf: file))
    #expect(golden.cases.count == 10)
    for golden in golden.cases {
      var (cut, plain) = (TranslationScore(), TranslationScore(.none))
      for (output, references) in zip(golden.outputs, golden.references) {
        cut.add(output, references: references)
        plain.add(output, references: references)
      }
      #expect(abs(cut.bleu - golden.bleu) < 1e-9, "\(golden.name): BLEU \(cut.bleu)")
      #expect(abs(plain.bleu - golden.bleu_none) < 1e-9, "\(golden.name): BLEU \(plain.bleu)")
      #expect(abs(cut.chrF - golden.chrf) < 1e-9, "\(golden.name): chrF \(cut.chrF)")
    }
  }

  @Test(arguments: [
    ("kitten", "sitting", 3), ("", "abc", 3), ("abc", "", 3), ("", "", 0), ("flaw", "lawn", 2),
    ("intention", "execution", 5),
  ])
  func editDistanceIsLevenshteins(_ first: String, _ second: String, _ expected: Int) {
    #expect(editDistance(Array(first), Array(second)) == expected)
  }

  @Test func ratesAreOfWords() {
    var score = TranslationScore()
    score.add("a b c", references: ["a b c"])
    score.add("a  x c d", references: ["a b c"])
    score.add("", references: ["a b"])
    #expect(score.exactMatch == 1.0 / 3)
    #expect(score.editRate == 4.0 / 8)
  }

  @Test func nearestOfSeveralReferencesCounts() {
    var score = TranslationScore()
    score.add("K AE T", references: ["K AA T", "K AE T", "K T"])
    #expect(score.exactMatch == 1)
    #expect(score.editRate == 0)
  }

  @Test func nothingIsNoMistake() {
    let score = TranslationScore()
    #expect(score.bleu == 0 && score.chrF == 0 && score.exactMatch == 0 && score.editRate == 0)
  }
}
