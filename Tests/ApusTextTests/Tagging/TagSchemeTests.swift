import ApusFiles
import Foundation
import Testing

@testable import ApusText

@Suite struct TagSchemeTests {
  private func tags(_ text: String) -> [String] { text.split(separator: " ").map(String.init) }

  /// The example of Tjong Kim Sang & Veenstra 1999, §2, of two neighbours and single words.
  @Test(arguments: [
    (TagScheme.iob1, "I-NP I-NP B-NP O I-VP I-NP"),
    (.iob2, "B-NP I-NP B-NP O B-VP B-NP"),
    (.iobes, "B-NP E-NP S-NP O S-VP S-NP"),
  ]) func schemesSayTheSame(_ scheme: TagScheme, _ text: String) {
    let entities = [
      Entity(type: "NP", words: 0..<2), Entity(type: "NP", words: 2..<3),
      Entity(type: "VP", words: 4..<5), Entity(type: "NP", words: 5..<6),
    ]
    #expect(Entity.all(in: tags(text)) == entities)
    #expect(scheme.tags(of: entities, wordCount: 6) == tags(text))
    for other in TagScheme.allCases {
      #expect(other.converted(scheme.converted(tags(text))) == other.converted(tags(text)))
    }
  }

  /// What a scheme makes of any entities it allows itself, and it allows nothing else: of all
  /// sequences of three tags, exactly those are allowed that come out of a conversion.
  @Test(arguments: TagScheme.allCases) func allowsWhatItWrites(_ scheme: TagScheme) {
    let marks = scheme == .iobes ? ["B", "I", "E", "S"] : ["B", "I"]
    let tags = ["O"] + marks.flatMap { ["\($0)-A", "\($0)-B"] }
    var allowedCount = 0
    for first in tags {
      for second in tags {
        for third in tags {
          let sequence = [first, second, third]
          let isAllowed =
            scheme.allows(first, after: nil) && scheme.allows(second, after: first)
            && scheme.allows(third, after: second) && scheme.allows(nil, after: third)
          #expect(isAllowed == (scheme.converted(sequence) == sequence), "\(sequence)")
          if isAllowed { allowedCount += 1 }
        }
      }
    }
    #expect(allowedCount > 20)
  }

  @Test func knowsTags() {
    for tag in ["O", "B-PER", "I-fromloc.city_name", "E-x", "S-a-b"] {
      #expect(TagScheme.isTag(tag))
    }
    for tag in ["NOUN", "B", "B-", "X-PER", "", "-LRB-", "o"] { #expect(!TagScheme.isTag(tag)) }
  }

  /// Counts by another program, Tests/Peers/tagging/conlleval.py.
  @Test func countsAsConlleval() throws {
    let path = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "Peers/tagging/conlleval.json").path
    let cases = try JSONField(contentsOf: path).array()
    #expect(cases.count == 240)
    for golden in cases {
      var score = TaggingScore()
      score.add(
        predicted: try golden["predicted"].array().map { try $0.string() },
        expected: try golden["expected"].array().map { try $0.string() })
      var expected: [String: TaggingScore.Counts] = [:]
      for (type, counts) in try golden["types"].members() {
        let counts = try JSONField(counts, file: path).array().map { try $0.integer(in: 0...99) }
        expected[type] = TaggingScore.Counts(
          expected: counts[0], predicted: counts[1], correct: counts[2])
      }
      #expect(score.types == expected)
    }
  }

  @Test func scoresByHand() {
    var score = TaggingScore()
    // Three entities, of four predicted two are right; one of them is PER.
    score.add(
      predicted: tags("B-PER I-PER O B-LOC B-LOC O B-MISC"),
      expected: tags("B-PER I-PER O B-LOC I-LOC O O"))
    score.add(predicted: tags("B-LOC"), expected: tags("B-LOC"))
    #expect(score.all == TaggingScore.Counts(expected: 3, predicted: 5, correct: 2))
    #expect(score.all.precision == 0.4)
    #expect(score.all.recall == 2.0 / 3)
    #expect(score.all.f1 == 0.5)
    #expect(score.types["PER"]?.f1 == 1)
    #expect(score.types["MISC"]?.recall == 0)
    #expect(score.accuracy == 6.0 / 8)
    #expect(TaggingScore().accuracy == 0 && TaggingScore().all.f1 == 0)
  }
}
