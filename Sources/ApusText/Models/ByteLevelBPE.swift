import ApusFiles

/// Byte-pair encoding over bytes: merges the adjacent pair of lowest rank until none is left.
///
/// - Source: Sennrich et al. 2016; on bytes, Radford et al. 2019.
public struct ByteLevelBPE: TokenModel {
  public struct Merge: Sendable, Equatable {
    public var left, right, result: Int32

    public init(left: Int32, right: Int32, result: Int32) {
      self.left = left
      self.right = right
      self.result = result
    }
  }

  /// The tokens in GPT-2's spelling (see `ByteAlphabet`).
  public let vocabulary: Vocabulary
  /// In the order of their ranks.
  public let merges: [Merge]
  /// What bytes outside the vocabulary become; nil lets them vanish.
  public let unknownToken: String?
  /// The bytes of each token, in their place in `tokenBytes`; a special token's are its UTF-8.
  let tokenStarts: [Int32]
  let tokenBytes: [UInt8]
  private let byteIDs: [Int32]
  private let table: MergeTable

  /// - Throws: `InputError` for a merge of tokens that are not in the vocabulary.
  public init(
    _ vocabulary: Vocabulary, merges: [Merge], unknownToken: String? = nil
  ) throws {
    self.vocabulary = vocabulary
    self.merges = merges
    self.unknownToken = unknownToken
    let unknownID = unknownToken.flatMap { vocabulary.id(of: $0) } ?? -1
    byteIDs = ByteAlphabet.scalars.map { vocabulary.id(of: String($0)) ?? unknownID }
    var table = MergeTable(capacity: merges.count)
    for (rank, merge) in merges.enumerated() {
      for id in [merge.left, merge.right, merge.result] where !vocabulary.contains(id) {
        throw InputError(row: rank + 1, expected: "merges of known tokens", found: "id \(id)")
      }
      table.insert(merge.left, merge.right, rank: rank, id: merge.result)
    }
    self.table = table
    var starts: [Int32] = [0]
    var bytes: [UInt8] = []
    for id in 0..<Int32(vocabulary.count) {
      if let token = vocabulary.token(of: id) {
        bytes.append(contentsOf: ByteAlphabet.bytes(of: token) ?? Array(token.utf8))
      }
      starts.append(Int32(bytes.count))
    }
    tokenStarts = starts
    tokenBytes = bytes
  }

  public func tokenize(_ piece: UnsafeBufferPointer<UInt8>, into tokens: inout [PieceToken]) {
    // Below this the quadratic search for the lowest rank beats a heap.
    if piece.count <= 48 {
      tokenizeShort(piece, into: &tokens)
    } else {
      tokenizeLong(piece, into: &tokens)
    }
  }

  private func tokenizeShort(
    _ piece: UnsafeBufferPointer<UInt8>, into tokens: inout [PieceToken]
  ) {
    withUnsafeTemporaryAllocation(of: PieceToken.self, capacity: piece.count) { parts in
      withUnsafeTemporaryAllocation(of: UInt64.self, capacity: piece.count) { pairs in
        var count = 0
        for index in 0..<piece.count {
          let id = byteIDs[Int(piece[index])]
          if id < 0 { continue }
          parts.initializeElement(at: count, to: PieceToken(id: id, end: index + 1))
          count += 1
        }
        guard count > 0 else { return }
        for index in 0..<count - 1 {
          pairs.initializeElement(at: index, to: table[parts[index].id, parts[index + 1].id])
        }
        while count > 1 {
          var best = 0
          for index in 1..<max(count - 1, 1) where pairs[index] < pairs[best] { best = index }
          guard pairs[best] != .max else { break }
          parts[best] = PieceToken(
            id: Int32(truncatingIfNeeded: pairs[best]), end: Int(parts[best + 1].end))
          count -= 1
          for index in best + 1..<max(count, best + 1) {
            parts[index] = parts[index + 1]
            pairs[index - 1] = pairs[index]
          }
          if best > 0 { pairs[best - 1] = table[parts[best - 1].id, parts[best].id] }
          if best + 1 < count { pairs[best] = table[parts[best].id, parts[best + 1].id] }
        }
        tokens.append(contentsOf: parts[..<count])
      }
    }
  }

  private func tokenizeLong(
    _ piece: UnsafeBufferPointer<UInt8>, into tokens: inout [PieceToken]
  ) {
    var parts: [PieceToken] = []
    for (index, byte) in piece.enumerated() where byteIDs[Int(byte)] >= 0 {
      parts.append(PieceToken(id: byteIDs[Int(byte)], end: index + 1))
    }
    guard !parts.isEmpty else { return }
    // Parts form a list; a merged-away part is left out of it. `pairs` holds the current value of
    // the pair that starts at a part, by which stale entries of the heap are known.
    var next = parts.indices.map { Int32($0 + 1) }
    var previous = parts.indices.map { Int32($0 - 1) }
    let end = Int32(parts.count)
    var pairs = [UInt64](repeating: .max, count: parts.count)
    var heap = MergeHeap()
    func consider(_ left: Int32) {
      let right = next[Int(left)]
      let pair = right < end ? table[parts[Int(left)].id, parts[Int(right)].id] : .max
      pairs[Int(left)] = pair
      if pair != .max { heap.push((pair & ~0xFFFF_FFFF) | UInt64(left)) }
    }
    for left in 0..<end { consider(left) }
    while let entry = heap.pop() {
      let left = Int32(truncatingIfNeeded: entry)
      let pair = pairs[Int(left)]
      guard pair != .max, pair >> 32 == entry >> 32 else { continue }
      let right = next[Int(left)]
      parts[Int(left)] = PieceToken(
        id: Int32(truncatingIfNeeded: pair), end: Int(parts[Int(right)].end))
      pairs[Int(right)] = .max
      next[Int(left)] = next[Int(right)]
      if next[Int(left)] < end { previous[Int(next[Int(left)])] = left }
      consider(left)
      if previous[Int(left)] >= 0 { consider(previous[Int(left)]) }
    }
    var index: Int32 = 0
    while index < end {
      tokens.append(parts[Int(index)])
      index = next[Int(index)]
    }
  }
}

/// A binary heap that gives the smallest number first.
struct MergeHeap {
  private var items: [UInt64] = []

  mutating func push(_ item: UInt64) {
    items.append(item)
    var child = items.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard items[child] < items[parent] else { break }
      items.swapAt(child, parent)
      child = parent
    }
  }

  mutating func pop() -> UInt64? {
    guard let first = items.first, let last = items.popLast() else { return nil }
    guard !items.isEmpty else { return first }
    items[0] = last
    var parent = 0
    while true {
      var child = 2 * parent + 1
      guard child < items.count else { return first }
      if child + 1 < items.count, items[child + 1] < items[child] { child += 1 }
      guard items[child] < items[parent] else { return first }
      items.swapAt(child, parent)
      parent = child
    }
  }
}
