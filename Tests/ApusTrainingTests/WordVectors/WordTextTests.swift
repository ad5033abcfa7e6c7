import ApusFiles
import ApusText
import Testing

@testable import ApusTraining

@Suite struct WordTextTests {
  /// Ids of documents end to end: 0 and 3 are no words.
  static let documents: [[Int32]] = [
    [1, 2, 0, 2], [], [4, 4, 4, 3], [1], [2, 4, 4, 0, 5, 2, 1, 4, 5, 5, 2],
  ]

  static func text(
    _ documents: [[Int32]] = WordTextTests.documents, partSize: Int
  ) throws -> WordText {
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

  /// A text on one line is shared between threads too.
  @Test(arguments: [9999, 10_000, 10_001, 25_000])
  func longSentencesEndEveryTenThousandWords(_ length: Int) throws {
    // A mark, which is no word, stands in the midst.
    let long = (0..<length).map { Int32($0 % 2 + 1) }
    let text = try Self.text(
      [[4, 5], Array(long.prefix(7)) + [3] + long.dropFirst(7), [4]], partSize: 100_000)
    #expect(text.partCount == 1)
    let part = text.part(0)
    let inner = stride(from: 10_000, to: length, by: 10_000).map { 2 + $0 }
    #expect(part.ends == [2] + inner + [2 + length, 3 + length])
    #expect(part.ids.count == 3 + length)
  }

  @Test(arguments: [6, 1 << 30, -1] as [Int32])
  func idsThatTheTokenizerHasNotAreRefused(_ id: Int32) {
    let error = #expect(throws: InputError.self) {
      try Self.text([[1, 2, 1], [2, id]], partSize: 100)
    }
    #expect(
      error?.description
        == "text: expected token ids below the vocabulary's 6, got \(id)")
  }
}
