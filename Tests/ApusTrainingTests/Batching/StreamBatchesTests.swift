import ApusFiles
import ApusTraining
import Testing

@Suite struct StreamBatchesTests {
  private let corpus = TestCorpus(documentCount: 20)
  private var rowLength: Int { (corpus.tokenCount - 1) / 4 }

  /// Four rows, seven tokens of each at a time.
  private func batches(
    _ order: BatchOrder, from cursor: BatchCursor = BatchCursor()
  ) throws -> StreamBatches {
    try StreamBatches(
      corpus.source, vocabularySize: corpus.vocabularySize, rowCount: 4, stepLength: 7,
      order: order, from: cursor)
  }

  @Test func rowsGoOnFromBatchToBatch() throws {
    var batches = try batches(.once)
    let count = batches.batchCountOfEpoch
    let all = try epoch(of: &batches)
    #expect(all.count == count && count == (rowLength + 6) / 7 && count > 4)
    #expect(all.map(\.continues) == [false] + Array(repeating: true, count: count - 1))
    #expect(all.dropLast().allSatisfy { $0.lengths == [7, 7, 7, 7] })
    for row in 0..<4 {
      let tokens = all.flatMap { $0.ids[$0.offsets[row]..<$0.offsets[row + 1]] }
      let start = TestCorpus.base + Int32(row * rowLength)
      #expect(tokens == Array(start..<start + Int32(rowLength)))
    }
    for batch in all { #expect(batch.targets == .next(batch.ids.map { $0 + 1 })) }
  }

  @Test func epochsStartAnewAndGoOnFromAnyCursor() throws {
    var batches = try batches(.shuffled(seed: 1))
    let first = try #require(try batches.next())
    for _ in 1..<batches.batchCountOfEpoch { _ = try batches.next() }
    let second = try #require(try batches.next())
    #expect(second == first && !second.continues && batches.cursor.epoch == 1)
    for _ in 0..<batches.batchCountOfEpoch + 2 {
      var resumed = try self.batches(.shuffled(seed: 1), from: batches.cursor)
      #expect(try resumed.next() == batches.next())
    }
  }

  @Test func drawnLengthsLieAroundTheUsualOneAndScaleTheRate() throws {
    let long = TestCorpus(documentCount: 4000)
    var batches = try StreamBatches(
      long.source, vocabularySize: long.vocabularySize, rowCount: 2, stepLength: 40,
      drawsLengths: true, order: .shuffled(seed: 2))
    let all = try epoch(of: &batches)
    try #require(all.count > 200)
    let lengths = all.dropLast().map { $0.lengths[0] }
    let mean = Double(lengths.reduce(0, +)) / Double(lengths.count)
    #expect(abs(mean - 39) < 1.5, "\(mean)")
    let halves = lengths.count { $0 < 28 }
    #expect(halves > 0 && halves < all.count / 8)
    #expect(all.dropLast().allSatisfy { $0.rateScale == Double($0.lengths[0]) / 40 })
    // Every token is read once all the same, and otherwise cut in the next epoch.
    let rowLength = (long.tokenCount - 1) / 2
    #expect(all.map { $0.lengths[0] }.reduce(0, +) == rowLength)
    #expect(try epoch(of: &batches).map(\.ids.count) != all.map(\.ids.count))
    #expect(abs(batches.batchCountOfEpoch - all.count) <= all.count / 20 + 1)
  }

  @Test func shortTextsHaveFewerRows() throws {
    let short = TestCorpus(documentCount: 1, longestSentence: 1, sentenceCount: 9, seed: 4)
    try #require(short.tokenCount > 2)
    var batches = try StreamBatches(
      short.source, vocabularySize: 99, rowCount: 20, stepLength: 9, order: .once)
    #expect(
      try epoch(of: &batches).map(\.lengths) == [Array(repeating: 1, count: short.tokenCount - 1)])
    let single = TestCorpus(documentCount: 1, longestSentence: 1, sentenceCount: 1)
    #expect(throws: InputError.self) {
      try StreamBatches(
        single.source, vocabularySize: 99, rowCount: 2, stepLength: 9, order: .once)
    }
  }
}
