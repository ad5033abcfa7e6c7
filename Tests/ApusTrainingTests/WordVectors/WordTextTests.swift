import ApusText
import Testing

@testable import ApusTraining

@Suite struct WordTextTests {
  /// Ids of documents end to end: 0 and 3 are no words.
  static let documents: [[Int32]] = [
    [1, 2, 0, 2], [], [4, 4, 4, 3], [1], [2, 4, 4, 0, 5, 2, 1, 4, 5, 5, 2],
  ]

  static func text(partSize: Int) throws -> WordText {
    let tokens = Array(documents.joined())
    let ends = documents.reduce(into: [0]) { $0.append(($0.last ?? 0) + $1.count) }
    let source = TokenSource(
      name: "text", documentCount: documents.count, tokenCount: tokens.count,
      document: { ends[$0]..<ends[$0 + 1] }, sentences: { _ in [] },
      documentOfToken: { token in ends.lastIndex { $0 <= token } ?? 0 },
      copy: { range, buffer in
        for (place, position) in range.enumerated() { buffer[place] = tokens[position] }
      })
    let tokenizer = try Tokenizer(
      model: Lexicon(Vocabulary(["[UNK]", "one", "two", "[MARK]", "four", "five"])),
      addedTokens: [AddedToken("[MARK]", id: 3)])
    return try WordText(source, tokenizer: tokenizer, partSize: partSize)
  }

  @Test func wordsAreNumberedByTheirFrequency() throws {
    let text = try Self.text(partSize: 100)
    #expect((0..<4).map { text.vocabulary.token(of: Int32($0)) } == ["four", "two", "one", "five"])
    #expect(text.counts == [6, 5, 3, 3])
    #expect(text.wordCount == 17)
  }

  @Test(arguments: [1, 3, 4, 7, 100])
  func partsMakeUpTheTextAndKeepDocumentsWhole(_ partSize: Int) throws {
    let text = try Self.text(partSize: partSize)
    var sentences: [[Int32]] = []
    var first = 0
    for number in 0..<text.partCount {
      let part = text.part(number)
      #expect(part.first == first)
      #expect(part.ends.last == part.ids.count)
      for (start, end) in zip([0] + part.ends, part.ends) {
        sentences.append(Array(part.ids[start..<end]))
      }
      first += part.ids.count
    }
    let numbers: [Int32: Int32] = [4: 0, 2: 1, 1: 2, 5: 3]
    let expected = Self.documents.filter { !$0.isEmpty }.map { $0.compactMap { numbers[$0] } }
    #expect(sentences == expected)
    if partSize == 100 { #expect(text.partCount == 1) }
    // The document of one token goes with the next.
    if partSize == 1 { #expect(text.partCount == 3) }
  }
}
