import ApusFiles
import ApusTensors

/// Pairs of a source and a target, as ids.
public struct TranslationPairs: Sendable {
  /// With their ends.
  public let sources: [[Int32]]
  /// Without start and end.
  public let targets: [[Int32]]
  /// What each token of the sources is as a target, for models that copy.
  public let copies: [[Int32]]?
  /// What targets may have of each source behind the target's vocabulary, for models that copy.
  public let words: [[String]]?
  let start, end: Int32
  private let unknown: Int32
  private let targetVocabularySize: Int

  /// Encodes pairs on all threads.
  public init(_ text: ParallelText, _ tokenizers: TranslationTokenizers, copies: Bool = false) {
    if copies {
      let read = concurrentMap(text.sources, tokenizers.encodeForCopying)
      sources = read.map(\.ids)
      targets = concurrentMap(Array(zip(text.targets, read))) {
        tokenizers.encodeTarget($0.0, copying: $0.1.words)
      }
      self.copies = read.map(\.copies)
      words = read.map(\.words)
    } else {
      sources = concurrentMap(text.sources, tokenizers.encodeSource)
      targets = concurrentMap(text.targets, tokenizers.encodeTarget)
      self.copies = nil
      words = nil
    }
    (start, end, unknown) = (tokenizers.start, tokenizers.end, tokenizers.unknown)
    targetVocabularySize = tokenizers.target.vocabularySize
  }

  public var count: Int { sources.count }

  /// What a pair takes of a batch.
  var lengths: [Int] { zip(sources, targets).map { max($0.count, $1.count + 1) } }

  func batch(_ numbers: [Int]) -> TranslationBatch {
    TranslationBatch(
      sources: Sequences(ids: numbers.map { sources[$0] }),
      inputs: Sequences(ids: numbers.map { [start] + targets[$0].map(known) }),
      targets: Tensor(numbers.flatMap { targets[$0] + [end] }),
      copies: copies.map { copies in Tensor(numbers.flatMap { copies[$0] }) })
  }

  private func known(_ id: Int32) -> Int32 { Int(id) < targetVocabularySize ? id : unknown }
}

/// Pairs that go through the model together.
public struct TranslationBatch: TrainingBatch {
  public let sources: Sequences
  /// The start and the target.
  public let inputs: Sequences
  /// The target and the end.
  public let targets: Tensor
  /// What each element of the sources is as a target, for models that copy.
  public let copies: Tensor?

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
