import Testing

@testable import ApusTraining

@Suite struct TokenSourceTests {
  static let corpus = TestCorpus(documentCount: 200)

  private func tokens(_ source: TokenSource) -> [Int32] {
    var ids: [Int32] = []
    source.append(0..<source.tokenCount, to: &ids)
    return ids
  }

  @Test(arguments: [0, 0.01, 0.1, 0.5, 0.9])
  func partsAreTheWhole(fraction: Double) {
    let source = Self.corpus.source
    let (training, validation) = source.split(validationFraction: fraction)
    #expect(tokens(training) + tokens(validation) == tokens(source))
    let share = Double(validation.tokenCount) / Double(source.tokenCount)
    #expect(abs(share - fraction) <= fraction / 2)
    for part in [training, validation] {
      let documents = (0..<part.documentCount).map { part.document($0) }
      #expect(documents.flatMap { $0 } == Array(0..<part.tokenCount))
      #expect(
        (0..<part.documentCount).flatMap { part.sentences($0) }.flatMap { $0 }
          == Array(0..<part.tokenCount))
    }
    // Documents are short against the fraction: none is cut.
    if fraction >= 0.1 {
      #expect(training.documentCount + validation.documentCount == source.documentCount)
    }
  }

  @Test func aSingleDocumentIsCut() {
    let corpus = TestCorpus(documentCount: 1, longestSentence: 100, sentenceCount: 40)
    let (training, validation) = corpus.source.split(validationFraction: 0.1)
    #expect(training.documentCount == 1 && validation.documentCount == 1)
    #expect(validation.tokenCount == Int((0.1 * Double(corpus.tokenCount)).rounded()))
  }
}
