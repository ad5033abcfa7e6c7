import ApusFiles
import Testing

@testable import ApusTraining

@Suite struct MaskedBatchesTests {
  static let corpus = TestCorpus(documentCount: 400)

  private func make(
    _ corpus: TestCorpus = corpus, next: ObjectiveRecipe.Next, wholeWord: Bool = false,
    shortRate: Double = 0.1, context: Int = 32, budget: Int = 256,
    order: BatchOrder = .shuffled(seed: 4)
  ) throws -> MaskedBatches {
    var objective = ObjectiveRecipe(kind: .masked)
    objective.next = next
    objective.wholeWord = wholeWord
    objective.shortSequenceRate = shortRate
    return try MaskedBatches(
      corpus.source, objective: objective, vocabulary: corpus.vocabulary, contextLength: context,
      size: .tokens(budget), order: order)
  }

  private func isSpecial(_ id: Int32) -> Bool { id < TestCorpus.base }

  @Test(arguments: [BatchOrder.shuffled(seed: 4), .once])
  func withoutASecondTaskEveryTokenComesOnce(order: BatchOrder) throws {
    var batches = try make(next: .none, order: order)
    for _ in 0..<(order == .once ? 1 : 2) {
      let made = try epoch(of: &batches)
      let tokens = made.flatMap(\.originals).flatMap { $0.dropFirst().dropLast() }
      let isWhole = Self.corpus.holds(tokens, at: Array(0..<Self.corpus.tokenCount))
      #expect(isWhole)
      for batch in made {
        #expect(batch.nextLabels.isEmpty && batch.segmentIds.allSatisfy { $0 == 0 })
        for sequence in batch.originals {
          #expect(sequence.first == 1 && sequence.last == 2)
          #expect(
            Self.corpus.document(of: sequence[1])
              == Self.corpus.document(
                of: sequence[sequence.count - 2]))
        }
      }
    }
  }

  @Test(arguments: ObjectiveRecipe.Next.allCases)
  func budgetAndContextAreKept(next: ObjectiveRecipe.Next) throws {
    var batches = try make(next: next)
    let made = try epoch(of: &batches)
    for batch in made {
      #expect(batch.ids.count <= 256 && batch.lengths.allSatisfy { 3...32 ~= $0 })
      #expect(batch.segmentIds.count == batch.ids.count && batch.offsets.last == batch.ids.count)
    }
    // Batches are nearly full, and their sequences of like length.
    let mean = made.reduce(0) { $0 + $1.ids.count } / made.count
    #expect(mean > 200)
    let spreads = made.map { ($0.lengths.max() ?? 0) - ($0.lengths.min() ?? 0) }
    #expect(spreads.sorted()[spreads.count / 2] <= 4)
  }

  @Test func theNextSentenceFollowsOrComesFromElsewhere() throws {
    var batches = try make(next: .nextSentence)
    var counts = [0, 0]
    for batch in try epoch(of: &batches) {
      for (sequence, label) in zip(batch.originals, batch.nextLabels) {
        let (first, second) = try parts(sequence)
        let documents = [first, second].map { Self.corpus.document(of: $0[0]) }
        counts[Int(label)] += 1
        #expect((documents[0] == documents[1]) == (label == 0))
        if label == 0 { #expect(first[first.count - 1] < second[0]) }
        for part in [first, second] {
          #expect(part == Array(part[0]..<part[0] + Int32(part.count)))
        }
      }
    }
    // Half of the pairs that have a choice, and the sentences that stand alone, are random.
    let share = Double(counts[1]) / Double(counts[0] + counts[1])
    #expect(0.5..<0.75 ~= share)
  }

  /// Where every chunk has several sentences, half of the pairs are random.
  @Test func halfOfTheNextSentencesAreRandom() throws {
    let corpus = TestCorpus(documentCount: 300, longestSentence: 3, sentenceCount: 60)
    var batches = try make(corpus, next: .nextSentence, shortRate: 0)
    let labels = try epoch(of: &batches).flatMap(\.nextLabels)
    let share = Double(labels.reduce(0, +)) / Double(labels.count)
    #expect(labels.count > 500 && abs(share - 0.5) < 0.08)
  }

  @Test func ordersAreSwappedInHalf() throws {
    var batches = try make(next: .sentenceOrder)
    var swapped = 0
    var count = 0
    for batch in try epoch(of: &batches) {
      for (sequence, label) in zip(batch.originals, batch.nextLabels) {
        let (first, second) = try parts(sequence)
        #expect(Self.corpus.document(of: first[0]) == Self.corpus.document(of: second[0]))
        #expect((first[0] > second[0]) == (label == 1))
        swapped += Int(label)
        count += 1
      }
    }
    #expect(count > 300 && abs(Double(swapped) / Double(count) - 0.5) < 0.08)
  }

  @Test func segmentsChangeBehindTheFirstSeparator() throws {
    var batches = try make(next: .nextSentence)
    let batch = try #require(try batches.next())
    for (index, sequence) in batch.originals.enumerated() {
      let segments = batch.segmentIds[batch.offsets[index]..<batch.offsets[index + 1]]
      let boundary = try #require(sequence.firstIndex(of: 2)) + 1
      #expect(Array(segments) == sequence.indices.map { $0 < boundary ? 0 : 1 })
    }
  }

  @Test func shortSequencesHaveTheirShare() throws {
    let corpus = TestCorpus(documentCount: 200, longestSentence: 1, sentenceCount: 400)
    func shortShare(_ rate: Double) throws -> Double {
      var batches = try make(corpus, next: .none, shortRate: rate)
      let lengths = try epoch(of: &batches).flatMap(\.lengths)
      return Double(lengths.count { $0 < 32 }) / Double(lengths.count)
    }
    let base = try shortShare(0)
    #expect(abs(try shortShare(0.5) - base - (1 - base) * 0.5) < 0.1)
  }

  /// A lone sentence of a hundred contexts is used whole.
  @Test func overlongSentencesComeInPieces() throws {
    let corpus = TestCorpus(documentCount: 4, longestSentence: 3200, sentenceCount: 1)
    for next in [ObjectiveRecipe.Next.nextSentence, .sentenceOrder] {
      var batches = try make(corpus, next: next, shortRate: 0)
      let made = try epoch(of: &batches)
      let seen = Set(made.flatMap(\.originals).flatMap { $0 }.filter { !isSpecial($0) })
      #expect(Double(seen.count) > 0.9 * Double(corpus.tokenCount))
    }
  }

  @Test func validationIsTheSameEveryTime() throws {
    var first = try make(next: .nextSentence, order: .once)
    var second = try make(next: .nextSentence, order: .once)
    let made = try epoch(of: &first)
    #expect(try made == epoch(of: &second))
    #expect(try first.next() == nil)
  }

  @Test func whatMakesNoExampleIsNamed() throws {
    let single = TestCorpus(documentCount: 1)
    #expect(throws: InputError.self) { try make(single, next: .nextSentence) }
    // The second document is empty, so that there is no other to take a sentence from.
    let lone = TestCorpus(documentCount: 2, longestSentence: 4, sentenceCount: 1)
    var batches = try make(lone, next: .nextSentence)
    #expect(
      throws: InputError(
        file: "corpus", expected: "documents that make an example", found: "none")
    ) { try batches.next() }
  }

  private func parts(_ sequence: [Int32]) throws -> (first: [Int32], second: [Int32]) {
    let middle = try #require(sequence.firstIndex(of: 2))
    #expect(sequence.first == 1 && sequence.last == 2 && sequence.count(where: isSpecial) == 3)
    return (Array(sequence[1..<middle]), Array(sequence[(middle + 1)..<(sequence.count - 1)]))
  }
}
