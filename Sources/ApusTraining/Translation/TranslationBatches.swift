import ApusFiles
import ApusTensors

/// Pairs of a source and a target, as ids.
public struct TranslationPairs: Sendable {
  /// With their ends.
  public let sources: [[Int32]]
  /// Without start and end.
  public let targets: [[Int32]]
  let start, end: Int32

  public init(_ text: ParallelText, _ tokenizers: TranslationTokenizers) {
    sources = text.sources.map(tokenizers.encodeSource)
    targets = text.targets.map(tokenizers.encodeTarget)
    (start, end) = (tokenizers.start, tokenizers.end)
  }

  public var count: Int { sources.count }

  /// What a pair takes of a batch.
  var lengths: [Int] { zip(sources, targets).map { max($0.count, $1.count + 1) } }

  func batch(_ numbers: [Int]) -> TranslationBatch {
    TranslationBatch(
      sources: Sequences(ids: numbers.map { sources[$0] }),
      inputs: Sequences(ids: numbers.map { [start] + targets[$0] }),
      targets: Tensor(numbers.flatMap { targets[$0] + [end] }))
  }
}

/// Pairs that go through the model together.
public struct TranslationBatch: TrainingBatch {
  public let sources: Sequences
  /// The start and the target.
  public let inputs: Sequences
  /// The target and the end.
  public let targets: Tensor

  public var tokenCount: Int { inputs.elementCount }
  public var targetCounts: TargetCounts {
    TargetCounts(tokens: inputs.elementCount, sequences: inputs.count)
  }
}

/// Batches of pairs of like length.
public struct TranslationBatches: TrainingBatches {
  private let pairs: TranslationPairs
  private var batches: LengthBatches

  init(
    _ pairs: TranslationPairs, size: BatchSize, order: BatchOrder,
    from cursor: BatchCursor = BatchCursor()
  ) {
    self.pairs = pairs
    batches = LengthBatches(lengths: pairs.lengths, size: size, order: order, from: cursor)
  }

  public var cursor: BatchCursor { batches.cursor }
  var batchCountOfEpoch: Int { batches.batchCountOfEpoch }

  public mutating func next() throws(InputError) -> TranslationBatch? {
    batches.next().map(pairs.batch)
  }
}
