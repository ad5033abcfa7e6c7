import ApusFiles
import Foundation
import Testing

@testable import ApusText

@Suite struct TermVectorizerTests {
  /// A case of `Tests/Peers/classification/make_terms.py`.
  private struct Case: Decodable {
    struct Row: Decodable {
      let ids: [Int32]
      let weights: [Double]
    }

    let name, by: String
    let limit: Int?
    let words: [Int]
    let lowercases, sublinear: Bool
    let fewest: Int
    let share: Double
    let terms: [String]
    let rows: [Row]
  }

  private struct Cases: Decodable {
    let texts: [[String]]
    let cases: [Case]
  }

  private static func cases() throws -> Cases {
    let path = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Peers/classification/goldens/terms.json")
    return try JSONDecoder().decode(Cases.self, from: Data(contentsOf: path))
  }

  @Test func agreesWithScikitLearn() throws {
    let goldens = try Self.cases()
    let texts = goldens.texts.map { LabelledText(label: $0[0], text: $0[1]) }
    #expect(goldens.cases.count == 7)
    for golden in goldens.cases {
      var options = TermOptions()
      options.wordCounts = golden.words[0]...golden.words[1]
      (options.lowercases, options.isSublinear) = (golden.lowercases, golden.sublinear)
      var selection = TermSelection(limit: golden.limit)
      selection.criterion = try #require(TermSelection.Criterion(rawValue: golden.by))
      (selection.minimumTextCount, selection.maximumTextShare) = (golden.fewest, golden.share)
      let vectorizer = try TermVectorizer(of: texts, options, choosing: selection)
      #expect(vectorizer.terms == golden.terms, "\(golden.name)")
      for (text, row) in zip(texts, golden.rows) {
        let vector = vectorizer.vector(of: text.text)
        #expect(vector.ids == row.ids, "\(golden.name): \(text.text)")
        for (found, expected) in zip(vector.weights, row.weights) {
          #expect(abs(Double(found) - expected) < 1e-7, "\(golden.name): \(text.text)")
        }
      }
    }
  }

  @Test func readsWhatItWrote() throws {
    let directory = try TemporaryDirectory()
    var options = TermOptions()
    options.wordCounts = 1...2
    let texts = ["one two three", "two three, \"four\"", ""].map {
      LabelledText(label: "", text: $0)
    }
    let vectorizer = try TermVectorizer(of: texts, options)
    let path = "\(directory.path)/terms.json"
    try vectorizer.save(to: path)
    let read = try TermVectorizer(contentsOf: path, count: vectorizer.terms.count)
    #expect(read == vectorizer)
    #expect(read.vector(of: "Two three five") == vectorizer.vector(of: "Two three five"))
    let other = #expect(throws: InputError.self) { try TermVectorizer(contentsOf: path, count: 3) }
    #expect(other?.description.contains("3 different terms") == true)
    let damaged = try directory.write(
      "{\"ngram_range\": [2, 1], \"texts\": 1, \"terms\": [], \"texts_of_terms\": []}", to: "x.json"
    )
    let range = #expect(throws: InputError.self) { try TermVectorizer(contentsOf: damaged) }
    #expect(range?.description.contains("ngram_range") == true)
  }

  @Test func needsTerms() {
    let error = #expect(throws: InputError.self) {
      try TermVectorizer(of: [LabelledText(label: "a", text: "! a b")])
    }
    #expect(error?.description.contains("words of two letters or more") == true)
  }
}
