import ApusFiles
import ApusTensors
import ApusText
import ApusVectors
import Foundation
import Testing

@testable import Apus

@Suite struct SenseTests {
  private let examples = [
    SenseExample(sense: "a", sentence: "1"), SenseExample(sense: "a", sentence: "2"),
    SenseExample(sense: "b", sentence: "3"), SenseExample(sense: "b", sentence: "4"),
  ]

  @Test func vectorsThatAreAllTheSameTellNothing() {
    let result = SenseComparison.result(
      "static", examples, Array(repeating: [0.3, -1, 2], count: 4))
    #expect(abs(result.within - 1) < 1e-6 && abs(result.between - 1) < 1e-6)
    // One of the three others has the same sense.
    #expect(abs(result.accuracy - 1 / 3) < 1e-12)
    #expect(result.places.allSatisfy { abs($0.x) < 1e-9 && abs($0.y) < 1e-9 })
  }

  @Test func vectorsOfSensesThatDifferTellThemApart() {
    let result = SenseComparison.result(
      "contextual", examples, [[1, 0, 0], [2, 0.2, 0], [0, 1, 0], [0, 3, 0.3]])
    // cos of (1, 0) and (2, 0.2), and of (1, 0) and (3, 0.3): the same angle.
    let cosine = 1 / (1.0 + 0.01).squareRoot()
    #expect(abs(result.within - cosine) < 1e-6)
    #expect(result.between < 0.2)
    #expect(result.accuracy == 1)
    #expect(result.places[0].x * result.places[1].x > 0)
    #expect(result.places[0].x * result.places[2].x < 0)
  }

  @Test func principalPlacesKeepDistancesInAPlane() {
    // Points of a plane in five dimensions, spanned by two directions at a right angle.
    let (u, v): ([Double], [Double]) = ([0.6, 0, 0.8, 0, 0], [0, 1, 0, 0, 0])
    let plane: [SIMD2<Double>] = [[3, 0], [-1, 0.5], [-2, -1], [0.5, 0.7]]
    let points = plane.map { place -> [Double] in
      zip(u, v).map { (u: Double, v: Double) -> Double in 4 + place.x * u + place.y * v }
    }
    let places = principalPlaces(of: points)
    func distance(_ a: SIMD2<Double>, _ b: SIMD2<Double>) -> Double {
      let difference = a - b
      return (difference * difference).sum().squareRoot()
    }
    for first in 0..<4 {
      for second in 0..<4 {
        let expected = distance(plane[first], plane[second])
        #expect(abs(distance(places[first], places[second]) - expected) < 1e-6)
      }
    }
    // The first direction has most of the spread.
    let spread = places.reduce(into: SIMD2<Double>.zero) { $0 += $1 * $1 }
    #expect(spread.x > spread.y)
  }

  @Test(arguments: [
    ("The bank is shut.", "bank", 4..<8), ("Bankers rob the BANK", "bank", 16..<20),
    ("Zürich bank", "bank", 8..<12), ("embankment", "bank", nil), ("", "bank", nil),
    ("bank", "bank", 0..<4), ("bank2 bank", "bank", 6..<10),
  ])
  func wordsAreFoundWhole(_ text: String, _ word: String, _ range: Range<Int>?) {
    #expect(text.range(ofWord: word) == range)
  }

  /// Of seven words, "bank" in four tokens, a maximum length of eight keeps six tokens.
  @Test(arguments: [Truncation.Side.right, .left])
  func statesAreThoseOfTheWordInWhatIsKept(_ side: Truncation.Side) throws {
    let golden =
      URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .path() + "Golden/sentences/model"
    let directory = NSTemporaryDirectory() + "apus-\(UUID().uuidString)"
    try FileManager.default.copyItem(atPath: golden, toPath: directory)
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let truncation = """
      "truncation": {"direction": "\(side.rawValue)", "max_length": 99, "strategy": "LongestFirst", \
      "stride": 0}
      """
    let file = URL(filePath: directory + "/tokenizer.json")
    let json = try String(contentsOf: file, encoding: .utf8)
    try json.replacing("\"truncation\": null", with: truncation)
      .write(to: file, atomically: true, encoding: .utf8)
    let embedder = try TextEmbedder(directory, EmbeddingOptions(maximumLength: 8))
    let texts = ["bank a b c d e f", "a b c d e f bank"]
    let (kept, cut) = side == .right ? (texts[0], texts[1]) : (texts[1], texts[0])
    let error = #expect(throws: InputError.self) {
      try embedder.states(of: "bank", in: [kept, cut])
    }
    #expect(error?.row == 2)
    #expect(error?.expected == "the word \"bank\" in what 8 tokens keep of the sentence")
    let tokens = embedder.embedTokens([kept])[0]
    // [CLS] bank a b [SEP], or [CLS] e f bank [SEP].
    let place = side == .right ? 1..<5 : 3..<7
    #expect(
      tokens.ids[place].map { embedder.tokenizer.token(of: $0) } == ["b", "##a", "##n", "##k"])
    #expect(
      try embedder.states(of: "bank", in: [kept])
        == [tokens.states.rows(place).mean(axis: 0).elements()])
  }

  /// The golden ELMo is a published one, whose words blanks part.
  @Test func statesOfAnELMoAreThoseOfTheWord() throws {
    let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let embedder = try WordEmbedder(
      tests.deletingLastPathComponent().path() + "ApusModelsTests/Golden/elmo")
    let texts = ["The Bank, a bank", "on the bank."]
    let words = embedder.embed(["The Bank , a bank", "on the bank ."])
    for layer in 0..<embedder.layerCount {
      let found = try embedder.states(of: "bank", in: texts, layer: layer)
      #expect(found[0] == words[0].layers[layer].rows(1..<2).elements())
      #expect(found[1] == words[1].layers[layer].rows(2..<3).elements())
    }
    #expect(
      try embedder.states(of: "bank", in: texts)[1] == words[1].mean.rows(2..<3).elements())
    let missing = #expect(throws: InputError.self) {
      try embedder.states(of: "bank", in: [texts[0], "banks"])
    }
    #expect(missing?.row == 2 && missing?.found == "\"banks\"")
    let layer = #expect(throws: InputError.self) {
      try embedder.states(of: "bank", in: texts, layer: 3)
    }
    #expect(layer?.expected == "a layer from 0 to 2")
  }

  @Test func examplesAreReadByLine() throws {
    let path = NSTemporaryDirectory() + "apus-\(UUID().uuidString).tsv"
    defer { try? FileManager.default.removeItem(atPath: path) }
    func read(_ text: String) throws -> [SenseExample] {
      try Data(text.utf8).write(to: URL(filePath: path))
      return try SenseExample.read(path)
    }
    #expect(
      try read("x\tA spring.\n\ny\tThe spring.\n") == [
        SenseExample(sense: "x", sentence: "A spring."),
        SenseExample(sense: "y", sentence: "The spring."),
      ])
    for (text, row) in [("x\tA\ny B\n", 2), ("x\tA\nx\tB\n", nil), ("", nil), ("x\t\n", 1)] {
      let error = #expect(throws: InputError.self) { try read(text) }
      #expect(error?.row == row)
    }
  }

  @Test func theBuiltInSentencesHaveTheWord() {
    #expect(SenseExample.bank.allSatisfy { $0.sentence.range(ofWord: "bank") != nil })
    #expect(Set(SenseExample.bank.map(\.sense)).count == 2)
  }
}
