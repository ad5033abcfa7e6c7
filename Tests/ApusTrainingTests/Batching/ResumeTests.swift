import ApusFiles
import Foundation
import Testing

@testable import ApusTraining

@Suite struct ResumeTests {
  static let corpus = TestCorpus(documentCount: 60)

  /// Stopped after any batch and continued from its saved cursor, all later batches are the same.
  private func check<Batches: TrainingBatches<PretrainingBatch>>(
    count: Int, _ make: (BatchCursor) throws -> Batches
  ) throws {
    var batches = try make(BatchCursor())
    var saved: [Data] = []
    var expected: [PretrainingBatch] = []
    for _ in 0..<count {
      saved.append(try JSONEncoder().encode(batches.cursor))
      guard let batch = try batches.next() else { break }
      expected.append(batch)
    }
    #expect(Set(expected.map(\.ids)).count > expected.count / 2)
    for start in expected.indices {
      var resumed = try make(try JSONDecoder().decode(BatchCursor.self, from: saved[start]))
      for batch in expected[start...].prefix(12) { #expect(try resumed.next() == batch) }
    }
  }

  @Test(arguments: [BatchSize.sequences(3), .tokens(64)], [BatchOrder.shuffled(seed: 9), .once])
  func causal(size: BatchSize, order: BatchOrder) throws {
    try check(count: 150) { cursor in
      try CausalBlockBatches(
        Self.corpus.source, vocabularySize: Self.corpus.vocabularySize, contextLength: 20,
        size: size, order: order, from: cursor)
    }
    try check(count: 150) { cursor in
      try CausalDocumentBatches(
        Self.corpus.source, vocabularySize: Self.corpus.vocabularySize, contextLength: 20,
        size: size, order: order, from: cursor)
    }
  }

  @Test(arguments: ObjectiveRecipe.Next.allCases, [BatchOrder.shuffled(seed: 9), .once])
  func masked(next: ObjectiveRecipe.Next, order: BatchOrder) throws {
    var objective = ObjectiveRecipe(kind: .masked)
    objective.next = next
    objective.wholeWord = next == .none
    try check(count: 150) { cursor in
      try MaskedBatches(
        Self.corpus.source, objective: objective, vocabulary: Self.corpus.vocabulary,
        contextLength: 20, size: .tokens(40), order: order, from: cursor)
    }
  }

  /// A cursor from a damaged file gives batches or an error.
  @Test func hostileCursorsAreSafe() throws {
    let values = [Int.min, -1, 0, 1, 57, 1 << 39, .max]
    var refused = 0
    for epoch in values {
      for position in values {
        for offset in values {
          var cursor = BatchCursor()
          (cursor.epoch, cursor.position, cursor.offset) = (epoch, position, offset)
          cursor.batch = values[((values.firstIndex(of: offset) ?? 0) + 2) % values.count]
          let isNegative = [epoch, position, offset].contains { $0 < 0 }
          do {
            var batches = try MaskedBatches(
              Self.corpus.source, objective: ObjectiveRecipe(kind: .masked),
              vocabulary: Self.corpus.vocabulary, contextLength: 20, size: .tokens(40),
              order: .shuffled(seed: 1), from: cursor)
            var blocks = try CausalBlockBatches(
              Self.corpus.source, vocabularySize: Self.corpus.vocabularySize, contextLength: 20,
              size: .tokens(40), order: .once, from: cursor)
            #expect(try batches.next() != nil && !isNegative)
            _ = try blocks.next()
          } catch { refused += 1 }
        }
      }
    }
    #expect(refused > 0)
  }

  @Test func anotherSeedGivesOtherBatches() throws {
    func first(_ seed: UInt64) throws -> PretrainingBatch? {
      var batches = try MaskedBatches(
        Self.corpus.source, objective: ObjectiveRecipe(kind: .masked),
        vocabulary: Self.corpus.vocabulary, contextLength: 20, size: .tokens(40),
        order: .shuffled(seed: seed))
      return try batches.next()
    }
    #expect(try first(1) == first(1))
    #expect(try first(1) != first(2))
  }
}
