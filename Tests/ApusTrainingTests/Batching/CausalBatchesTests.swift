import ApusFiles
import Testing

@testable import ApusTraining

@Suite struct CausalBatchesTests {
  static let corpus = TestCorpus(documentCount: 40)

  private func blocks(
    _ corpus: TestCorpus = corpus, context: Int = 16, size: BatchSize = .sequences(1),
    order: BatchOrder = .shuffled(seed: 5)
  ) throws -> CausalBlockBatches {
    try CausalBlockBatches(
      corpus.source, vocabularySize: corpus.vocabularySize, contextLength: context, size: size,
      order: order)
  }

  private func documents(
    size: BatchSize, order: BatchOrder = .shuffled(seed: 5)
  ) throws -> CausalDocumentBatches {
    try CausalDocumentBatches(
      Self.corpus.source, vocabularySize: Self.corpus.vocabularySize, contextLength: 16,
      size: size, order: order)
  }

  /// Each position is an input once, with the next token as its target, for any size of the corpus.
  @Test(arguments: 1...24)
  func everyTokenIsPredictedOnceAnEpoch(documentCount: Int) throws {
    let corpus = TestCorpus(documentCount: documentCount, longestSentence: 5, sentenceCount: 3)
    try #require(corpus.tokenCount >= 2)
    var batches = try blocks(corpus)
    for _ in 0..<3 {
      let made = try epoch(of: &batches)
      #expect(made.allSatisfy { $0.targets == .next($0.ids.map { $0 + 1 }) && $0.ids.count <= 16 })
      let isWhole = corpus.holds(made.flatMap(\.ids), at: Array(0..<corpus.tokenCount - 1))
      #expect(isWhole)
    }
  }

  @Test func epochsDifferInOrderAndPhase() throws {
    var batches = try blocks()
    let epochs = try (0..<4).map { _ in try epoch(of: &batches).map(\.ids) }
    #expect(Set(epochs).count == 4)
    let starts = epochs.map { Set($0.filter { $0.count == 16 }.map { $0[0] % 16 }) }
    #expect(starts.allSatisfy { $0.count == 1 } && Set(starts).count > 1)
  }

  @Test func shuffledBatchesHaveOneSize() throws {
    var batches = try blocks(size: .sequences(7))
    for _ in 0..<200 { #expect(try batches.next()?.count == 7) }
    var budget = try blocks(size: .tokens(100))
    for _ in 0..<200 {
      let batch = try #require(try budget.next())
      #expect(85...100 ~= batch.ids.count && batch.offsets.last == batch.ids.count)
    }
  }

  @Test func validationGoesThroughOnceInOrder() throws {
    var batches = try blocks(size: .sequences(7), order: .once)
    let made = try epoch(of: &batches)
    #expect(
      made.flatMap(\.ids) == (0..<Self.corpus.tokenCount - 1).map { TestCorpus.base + Int32($0) })
    #expect(try batches.next() == nil)
    #expect(try batches.next() == nil)
  }

  @Test(arguments: [BatchOrder.shuffled(seed: 1), .once])
  func documentsAreNeverJoined(order: BatchOrder) throws {
    var batches = try documents(size: .tokens(40), order: order)
    let made = try epoch(of: &batches)
    var inputs: [Int32] = []
    for batch in made {
      #expect(batch.ids.count <= 40 && batch.lengths.allSatisfy { 1...16 ~= $0 })
      #expect(batch.targets == .next(batch.ids.map { $0 + 1 }))
      for sequence in batch.originals {
        let document = Self.corpus.document(of: sequence[0])
        #expect(document == Self.corpus.document(of: sequence[sequence.count - 1] + 1))
      }
      inputs += batch.ids
    }
    let expected = Self.corpus.documents.flatMap { $0.dropLast() }
    let isWhole = Self.corpus.holds(inputs, at: expected)
    #expect(isWhole)
    if order == .once { #expect(try batches.next() == nil) }
  }

  /// A document far longer than a window comes in parts, each once.
  @Test func longDocumentsAreCutAcrossWindows() throws {
    let corpus = TestCorpus(documentCount: 3, longestSentence: 4000, sentenceCount: 4)
    var batches = try CausalDocumentBatches(
      corpus.source, vocabularySize: corpus.vocabularySize, contextLength: 8, size: .tokens(8),
      order: .shuffled(seed: 2))
    var windows = Set<Int>()
    var ahead = batches
    for _ in 0..<1000 {
      _ = try ahead.next()
      windows.insert(ahead.cursor.offset)
    }
    let inputs = try epoch(of: &batches).flatMap(\.ids)
    let isWhole = corpus.holds(inputs, at: corpus.documents.flatMap { $0.dropLast() })
    #expect(isWhole)
    #expect(windows.count > 4)
  }

  @Test func hostileInputIsNamed() throws {
    #expect(throws: InputError(file: "corpus", expected: "at least 2 tokens", found: "0")) {
      try blocks(TestCorpus(documentCount: 0))
    }
    var batches = try CausalBlockBatches(
      Self.corpus.source, vocabularySize: 12, contextLength: 16, size: .tokens(16), order: .once)
    let error = #expect(throws: InputError.self) { try batches.next() }
    #expect(error?.description == "corpus: expected token ids below the vocabulary's 12, got 12")
  }
}
