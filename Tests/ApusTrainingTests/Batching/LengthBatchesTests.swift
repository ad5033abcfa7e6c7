import ApusTraining
import Testing

@Suite struct LengthBatchesTests {
  private let lengths = (0..<1000).map { 1 + ($0 * 7919) % 40 }

  private func epoch(_ batches: inout LengthBatches) -> [[Int]] {
    (0..<batches.batchCountOfEpoch).compactMap { _ in batches.next() }
  }

  @Test(arguments: [BatchSize.sequences(32), .tokens(400)])
  func everyExampleComesOnceAnEpoch(size: BatchSize) {
    var batches = LengthBatches(lengths: lengths, size: size, order: .shuffled(seed: 3))
    var former: [[Int]] = []
    for _ in 0..<3 {
      let groups = epoch(&batches)
      #expect(groups.flatMap { $0 }.sorted() == Array(lengths.indices))
      #expect(groups != former)
      former = groups
    }
    for group in former {
      switch size {
      case .sequences(let most): #expect(group.count <= most)
      case .tokens(let most): #expect(group.map { lengths[$0] }.reduce(0, +) <= most)
      }
    }
  }

  /// Batches of like length: within one they differ by far less than over all.
  @Test func lengthsInABatchAreClose() {
    var batches = LengthBatches(lengths: lengths, size: .sequences(16), order: .shuffled(seed: 3))
    let spreads = epoch(&batches).map { group in
      let present = group.map { lengths[$0] }
      return (present.max() ?? 0) - (present.min() ?? 0)
    }
    #expect(spreads.allSatisfy { $0 <= 2 })
  }

  @Test func firstEpochsCanGoFromShortToLong() {
    var batches = LengthBatches(
      lengths: lengths, size: .sequences(16), order: .shuffled(seed: 3), sortsFirstEpoch: true)
    #expect(epoch(&batches).flatMap { $0 }.map { lengths[$0] } == lengths.sorted())
    let later = epoch(&batches).flatMap { $0 }.map { lengths[$0] }
    #expect(later != lengths.sorted() && later.sorted() == lengths.sorted())
  }

  @Test func goesOnFromAnyCursor() {
    var batches = LengthBatches(lengths: lengths, size: .tokens(300), order: .shuffled(seed: 5))
    for _ in 0..<200 {
      let cursor = batches.cursor
      var resumed = LengthBatches(
        lengths: lengths, size: .tokens(300), order: .shuffled(seed: 5), from: cursor)
      #expect(resumed.next() == batches.next())
    }
  }

  @Test func endsBehindTheLastBatchOfAnOrderThatEnds() {
    var batches = LengthBatches(lengths: [5, 2, 9, 2], size: .tokens(4), order: .once)
    #expect(epoch(&batches) == [[1, 3], [0], [2]])
    #expect(batches.next() == nil)
  }
}
