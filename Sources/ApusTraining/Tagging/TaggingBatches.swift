import ApusFiles
import ApusModels
import ApusTensors

/// Sentences that go through a tagger together.
public struct TaggingBatch: TrainingBatch {
  public let sentences: [SpelledSentence]
  /// The number of each word's tag: [N].
  public let labels: Tensor

  public var tokenCount: Int { labels.count }
  public var targetCounts: TargetCounts {
    TargetCounts(tokens: labels.count, sequences: sentences.count)
  }
}

/// Sentences of like length in batches.
public struct TaggingBatches: TrainingBatches {
  private let examples: [TaggingExample]
  private var order: LengthBatches

  init(_ examples: [TaggingExample], size: BatchSize, order: BatchOrder, from cursor: BatchCursor) {
    self.examples = examples
    self.order = LengthBatches(
      lengths: examples.map(\.sentence.count), size: size, order: order, from: cursor)
  }

  public var cursor: BatchCursor { order.cursor }
  var batchCountOfEpoch: Int { order.batchCountOfEpoch }

  public mutating func next() throws(InputError) -> TaggingBatch? {
    guard let numbers = order.next() else { return nil }
    return TaggingBatch(
      sentences: numbers.map { examples[$0].sentence },
      labels: Tensor(numbers.flatMap { examples[$0].labels }))
  }
}

/// A sentence in numbers.
struct TaggingExample: Sendable {
  let sentence: SpelledSentence
  let labels: [Int32]
}
