import CApusKernels

/// The keys and values of the elements that one attention layer has seen, sequence by sequence.
///
/// A value like any other: a copy can be extended in another direction. Room grows with the
/// longest sequence.
public struct KeyValueCache: Sendable {
  public let headCount: Int
  /// The number of elements of each sequence.
  public private(set) var counts: [Int]
  /// [B, H, capacity, D] each; absent until the first elements come.
  private var blocks: (keys: Tensor, values: Tensor)?

  /// An empty cache for a number of sequences.
  public init(sequenceCount: Int, headCount: Int) {
    self.headCount = headCount
    counts = Array(repeating: 0, count: sequenceCount)
  }

  public var isEmpty: Bool { counts.allSatisfy { $0 == 0 } }

  private var capacity: Int { blocks?.keys.shape[2] ?? 0 }

  /// The positions that elements get when they are appended: [N].
  public func positions(of elements: Sequences) -> Tensor {
    requireCount(elements)
    let lengths = elements.lengths
    return Tensor(
      zip(counts, lengths).flatMap { count, length in
        (count..<count + length).map(Int32.init)
      })
  }

  /// Takes up the keys and values of new elements.
  ///
  /// - Parameter queriesKeysValues: [N, 3C], some elements of each sequence.
  public mutating func append(_ queriesKeysValues: Sequences) {
    requireCount(queriesKeysValues)
    let rows = queriesKeysValues.values.detached
    let model = rows.columnCount / 3
    let headSize = model / headCount
    let lengths = queriesKeysValues.lengths
    reserve(
      zip(counts, lengths).reduce(0) { max($0, $1.0 + $1.1) }, headSize: headSize, rows.type)
    guard var (keys, values) = blocks.take() else { return }
    // Alone with their memory, so that appending copies no more than what is new.
    keys.makeUnique()
    values.makeUnique()
    let byteCount = rows.type.byteCount
    let (headBytes, modelBytes) = (headSize * byteCount, model * byteCount)
    for (sequence, start) in queriesKeysValues.offsets.dropLast().enumerated() {
      for element in 0..<lengths[sequence] {
        let row = rows.address + (start + element) * 3 * modelBytes
        for head in 0..<headCount {
          let block = (sequence * headCount + head) * keys.shape[2]
          let target = (block + counts[sequence] + element) * headBytes
          (keys.address + target).copyMemory(
            from: row + modelBytes + head * headBytes, byteCount: headBytes)
          (values.address + target).copyMemory(
            from: row + 2 * modelBytes + head * headBytes, byteCount: headBytes)
        }
      }
      counts[sequence] += lengths[sequence]
    }
    withExtendedLifetime(rows) {}
    blocks = (keys, values)
  }

  /// A cache of some of the sequences, in the given order.
  ///
  /// It costs as much as the elements that there are, not as there is room for.
  public func selecting(_ sequences: [Int]) -> KeyValueCache {
    var result = KeyValueCache(sequenceCount: sequences.count, headCount: headCount)
    result.counts = sequences.map { counts[$0] }
    guard let (keys, values) = blocks, !sequences.isEmpty else { return result }
    result.blocks = (
      copied(keys, sequences, capacity: capacity), copied(values, sequences, capacity: capacity)
    )
    return result
  }

  /// Makes room for a number of elements of each sequence, twice as much as before at least.
  private mutating func reserve(_ count: Int, headSize: Int, _ type: ScalarType) {
    precondition(
      blocks == nil || blocks?.keys.type == type && blocks?.keys.shape[3] == headSize,
      "KeyValueCache: expected the type and head size of the elements before")
    guard count > capacity else { return }
    let grown = max((count + 31) / 32 * 32, 2 * capacity)
    guard let (keys, values) = blocks else {
      let shape = [counts.count, headCount, grown, headSize]
      blocks = (Tensor(undefined: shape, type), Tensor(undefined: shape, type))
      return
    }
    let all = Array(counts.indices)
    blocks = (copied(keys, all, capacity: grown), copied(values, all, capacity: grown))
  }

  /// The elements of some sequences of a block, with room for as many as are asked for.
  private func copied(_ block: Tensor, _ sequences: [Int], capacity: Int) -> Tensor {
    let (former, headSize) = (block.shape[2], block.shape[3])
    let result = Tensor(
      undefined: [sequences.count, headCount, capacity, headSize], block.type)
    let rowBytes = headSize * block.type.byteCount
    for (place, sequence) in sequences.enumerated() {
      for head in 0..<headCount {
        let from = (sequence * headCount + head) * former * rowBytes
        let to = (place * headCount + head) * capacity * rowBytes
        (result.address + to).copyMemory(
          from: block.address + from, byteCount: counts[sequence] * rowBytes)
      }
    }
    withExtendedLifetime(block) {}
    return result
  }

  private func requireCount(_ elements: Sequences) {
    precondition(
      elements.count == counts.count,
      "KeyValueCache: expected \(counts.count) sequences, got \(elements.count)")
  }

  /// The attention of one query a sequence to all elements in the cache: [B, 3C] → [B, C].
  fileprivate func attended(_ queries: Tensor) -> Tensor {
    guard let (keys, values) = blocks else {
      preconditionFailure("attention: expected a cache that holds elements")
    }
    let headSize = keys.shape[3]
    precondition(
      queries.shape == [counts.count, 3 * headCount * headSize] && queries.type == keys.type
        && counts.allSatisfy { $0 > 0 },
      "attention: expected \(keys.type) queries for a cache of \(keys.shape), got \(queries)")
    let result = Tensor(undefined: [counts.count, headCount * headSize], queries.type)
    let workspace = Tensor(undefined: [counts.count, 2 * headCount * headSize], .float32)
    counts.map(Int64.init).withUnsafeBufferPointer { counts in
      var shape = apus_cached_attention_shape(
        sequence_count: Int64(counts.count), head_count: Int64(headCount),
        head_size: Int64(headSize), counts: counts.baseAddress, capacity: Int64(capacity),
        scale: 1 / Float(headSize).squareRoot(), type: queries.type.kernel)
      apus_cached_attention(
        &shape, queries.address, Int64(queries.columnCount), keys.address, values.address,
        result.address, workspace.floats)
    }
    withExtendedLifetime((queries, keys, values, workspace)) {}
    return result
  }
}

/// Multi-head attention of one new element a sequence to those in a cache, which hold it already.
///
/// Of the stacked queries, keys and values in each row, the queries count.
///
/// - Shapes: [B, 3C] → [B, C]; no gradient.
/// - Source: Vaswani et al. 2017, §3.2.
public func attention(_ queriesKeysValues: Tensor, cache: KeyValueCache) -> Tensor {
  cache.attended(queriesKeysValues.detached)
}
