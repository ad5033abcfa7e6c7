import ApusFiles
import ApusTensors
import ApusText

/// Blocks of the corpus as one stream of tokens, for causal models.
///
/// An epoch cuts the stream at a random phase into blocks of the context's length and takes them in
/// random order; the rests at both ends make shorter blocks. Every token but the first of the corpus
/// is predicted once an epoch. Nothing but the blocks of a batch stands in memory.
public struct CausalBlockBatches: TrainingBatches, Sendable {
  private let source: TokenSource
  private let vocabularySize: Int
  private let contextLength: Int
  private let size: BatchSize
  private let order: BatchOrder
  private var epoch: Epoch
  public private(set) var cursor: BatchCursor

  /// Batches from a cursor on.
  ///
  /// - Parameters:
  ///   - source: The corpus.
  ///   - vocabularySize: The number of ids; others are refused.
  ///   - contextLength: The tokens of a block.
  ///   - size: Sequences, or tokens of at least a block.
  ///   - order: Shuffled without end, or once through.
  ///   - cursor: Where to go on.
  /// - Throws: `InputError` for a corpus of less than two tokens or a cursor beyond it.
  public init(
    _ source: TokenSource, vocabularySize: Int, contextLength: Int, size: BatchSize,
    order: BatchOrder, from cursor: BatchCursor = BatchCursor()
  ) throws(InputError) {
    size.requireRoom(for: contextLength)
    guard source.tokenCount >= 2 else {
      throw InputError(
        file: source.name, expected: "at least 2 tokens", found: "\(source.tokenCount)")
    }
    try cursor.requirePlace(in: source)
    self.source = source
    self.vocabularySize = vocabularySize
    self.contextLength = contextLength
    self.size = size
    self.order = order
    self.cursor = cursor
    epoch = Epoch(
      cursor.epoch, transitionCount: source.tokenCount - 1, contextLength: contextLength, order)
  }

  public mutating func next() throws(InputError) -> PretrainingBatch? {
    var batch = PretrainingBatch(targets: .next([]))
    var targets: [Int32] = []
    while size.hasRoom(for: 1, in: batch), let block = peek(),
      size.hasRoom(for: block.count, in: batch)
    {
      source.append(block, to: &batch.ids)
      source.append(block.lowerBound + 1..<block.upperBound + 1, to: &targets)
      batch.offsets.append(batch.ids.count)
      cursor.position += 1
    }
    guard batch.count > 0 else { return nil }
    try source.requireIds(below: vocabularySize, in: batch.ids)
    try source.requireIds(below: vocabularySize, in: targets)
    batch.targets = .next(targets)
    return batch
  }

  /// The next block, of the next epoch behind the last one of this; nil at the end of all.
  private mutating func peek() -> Range<Int>? {
    if cursor.position >= epoch.blockCount {
      guard case .shuffled = order else { return nil }
      cursor.epoch += 1
      cursor.position = 0
      epoch = Epoch(
        cursor.epoch, transitionCount: source.tokenCount - 1, contextLength: contextLength, order)
    }
    return epoch.block(at: cursor.position)
  }
}

extension CausalBlockBatches {
  /// How one epoch cuts the stream: a short block of `phase` tokens, then full ones, then the rest.
  private struct Epoch {
    private let transitionCount, contextLength, phase: Int
    private let permutation: Permutation?
    let blockCount: Int

    init(_ number: Int, transitionCount: Int, contextLength: Int, _ order: BatchOrder) {
      self.transitionCount = transitionCount
      self.contextLength = contextLength
      var phase = 0
      let key = order.key(epoch: number)
      if let key {
        var random = RandomStream(key.split("phase"))
        phase = random.below(min(contextLength, transitionCount))
      }
      self.phase = phase
      let full = (transitionCount - phase + contextLength - 1) / contextLength
      let count = full + (phase > 0 ? 1 : 0)
      blockCount = count
      permutation = key.map { Permutation(count: count, key: $0.split("blocks").bits) }
    }

    /// The input positions of the block at a place of the order.
    func block(at place: Int) -> Range<Int> {
      var index = permutation.map { $0[place] } ?? place
      if phase > 0 {
        if index == 0 { return 0..<phase }
        index -= 1
      }
      let start = phase + index * contextLength
      return start..<min(start + contextLength, transitionCount)
    }
  }
}

extension BatchOrder {
  /// The key of all random choices of an epoch; nil where nothing is shuffled.
  func key(epoch: Int) -> RandomKey? {
    guard case .shuffled(let seed) = self else { return nil }
    return RandomKey(seed: seed, name: "batches").split(epoch)
  }
}

extension BatchSize {
  /// Whether a sequence may still go into a batch.
  func hasRoom(for length: Int, in batch: PretrainingBatch) -> Bool {
    switch self {
    case .sequences(let most): batch.count < most
    case .tokens(let most): batch.ids.count + length <= most
    }
  }

  /// Traps unless every batch can hold a sequence of the greatest length.
  func requireRoom(for contextLength: Int) {
    precondition(contextLength > 0, "expected a positive contextLength, got \(contextLength)")
    switch self {
    case .sequences(let most):
      precondition(most > 0, "BatchSize: expected at least one sequence, got \(most)")
    case .tokens(let most):
      precondition(
        most >= contextLength,
        "BatchSize: expected tokens for a sequence of \(contextLength), got \(most)")
    }
  }
}

extension TokenSource {
  func requireIds(below vocabularySize: Int, in ids: [Int32]) throws(InputError) {
    for id in ids where UInt32(bitPattern: id) >= UInt32(vocabularySize) {
      throw InputError(
        file: name, expected: "token ids below the vocabulary's \(vocabularySize)", found: "\(id)")
    }
  }
}
