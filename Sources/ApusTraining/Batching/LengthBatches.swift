import ApusFiles
import ApusTensors

/// Batches of examples of like length, as the numbers of the examples.
///
/// Each epoch takes the examples in an order of its own, sorts those of a window by length, cuts the
/// window into batches and takes all batches in random order: little waits for the longest sequence
/// of its batch, and no two epochs have the same batches.
public struct LengthBatches: Sendable {
  private let lengths: [Int]
  private let size: BatchSize
  private let order: BatchOrder
  private let sortsFirstEpoch: Bool
  private let sampling: ClassSampling?
  private let keys: [[Int]]
  private var groups: [[Int]]
  public private(set) var cursor: BatchCursor

  /// Enough batches that lengths in each are close.
  private static let batchesInWindow = 64

  /// - Parameters:
  ///   - lengths: Of each example, at least one.
  ///   - size: How much goes into a batch; an example longer than that stands alone.
  ///   - order: Shuffled epoch after epoch, or once with the shortest first.
  ///   - sortsFirstEpoch: Whether the first epoch goes from short to long, and not at random.
  ///   - sampling: Which of the examples each shuffled epoch takes; nil takes all.
  ///   - keys: Of each example, what no other of its batch should have, for which some batches may
  ///     become a little larger; empty for nothing.
  ///   - cursor: The batch to start from.
  public init(
    lengths: [Int], size: BatchSize, order: BatchOrder, sortsFirstEpoch: Bool = false,
    sampling: ClassSampling? = nil, distinct keys: [[Int]] = [],
    from cursor: BatchCursor = BatchCursor()
  ) {
    precondition(!lengths.isEmpty, "LengthBatches: expected examples, got none")
    self.lengths = lengths
    self.size = size
    self.order = order
    self.sortsFirstEpoch = sortsFirstEpoch
    self.sampling = sampling
    self.keys = keys
    self.cursor = cursor
    groups = []
    groups = groups(epoch: cursor.epoch)
  }

  /// The batches of the present epoch.
  public var batchCountOfEpoch: Int { groups.count }

  /// The numbers of the examples of the next batch; nil behind the last one of an order that ends.
  public mutating func next() -> [Int]? {
    if cursor.batch >= groups.count {
      guard order != .once else { return nil }
      cursor = BatchCursor(epoch: cursor.epoch + 1)
      groups = groups(epoch: cursor.epoch)
    }
    defer { cursor.batch += 1 }
    return groups[cursor.batch]
  }

  private func groups(epoch: Int) -> [[Int]] {
    guard let key = order.key(epoch: epoch), epoch > 0 || !sortsFirstEpoch else {
      return cut(Array(lengths.indices))
    }
    var random = RandomStream(key)
    if let sampling, sampling.kind == .balanced {
      let classes = sampling.classes(epoch: epoch)
      let window = max(1, windowLength / max(1, classes.count))
      return windows(of: classes.first?.count ?? 0, window).flatMap { window in
        cut(rounds: classes.map { byLength(Array($0[window])) })
      }.shuffled(using: &random)
    }
    let examples = sampling?.examples(epoch: epoch) ?? Array(lengths.indices)
    let shuffled = examples.shuffled(using: &random)
    let groups = windows(of: shuffled.count, windowLength).flatMap { cut(Array(shuffled[$0])) }
    let distinct =
      keys.isEmpty ? groups : distinctGroups(groups, keys: keys, weights: lengths.map(weight))
    return distinct.shuffled(using: &random)
  }

  /// The examples that are sorted by length together.
  private var windowLength: Int {
    switch size {
    case .sequences(let count): return Self.batchesInWindow * count
    case .tokens(let count):
      let mean = max(1, lengths.reduce(0, +) / lengths.count)
      return max(1, Self.batchesInWindow * count / mean)
    }
  }

  private func windows(of count: Int, _ length: Int) -> [Range<Int>] {
    stride(from: 0, to: count, by: length).map { $0..<min($0 + length, count) }
  }

  private func byLength(_ examples: [Int]) -> [Int] {
    examples.sorted { (lengths[$0], $0) < (lengths[$1], $1) }
  }

  /// Cuts examples, sorted by length, into batches.
  private func cut(_ examples: [Int]) -> [[Int]] {
    let sorted = byLength(examples)
    let limit =
      switch size {
      case .sequences(let limit), .tokens(let limit): limit
      }
    return evenGroups(sorted.map { weight(lengths[$0]) }, limit: limit).map { Array(sorted[$0]) }
  }

  /// What an example of a length takes of the size of a batch; one longer than that takes all.
  private func weight(_ length: Int) -> Int {
    switch size {
    case .sequences: 1
    case .tokens(let limit): min(max(1, length), limit)
    }
  }

  /// Cuts classes of as many examples each into batches that have as many of every class.
  private func cut(rounds classes: [[Int]]) -> [[Int]] {
    let rounds = (classes.first ?? []).indices.map { round in classes.map { $0[round] } }
    let ranges =
      switch size {
      case .sequences(let limit):
        evenGroups(rounds.map { _ in 1 }, limit: max(1, limit / classes.count))
      case .tokens(let limit):
        evenGroups(
          rounds.map { round in min(max(1, round.reduce(0) { $0 + lengths[$1] }), limit) },
          limit: limit)
      }
    return ranges.map { rounds[$0].flatMap { $0 } }
  }
}
