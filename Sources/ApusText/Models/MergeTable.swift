import ApusFiles

/// The merges of a byte-pair encoding: a pair of ids to its rank and the id that replaces it.
struct MergeTable: Sendable {
  /// Open addressing; a key is left id << 32 | right id, all ones where empty.
  private var keys: [UInt64]
  /// Rank << 32 | id.
  private var values: [UInt64]
  private let mask: Int
  /// Whether all merges that make a token rank before all that use it, as training gives them.
  ///
  /// Then merges happen in the order of their ranks.
  private(set) var isOrdered = true

  /// The merges in the order of their ranks.
  ///
  /// - Throws: `InputError` for a merge of tokens that are not in the vocabulary.
  init(_ merges: [BPEMerge], of vocabulary: Vocabulary) throws {
    self.init(capacity: merges.count)
    var isUsed = [Bool](repeating: false, count: vocabulary.count)
    for (rank, merge) in merges.enumerated() {
      for id in [merge.left, merge.right, merge.result] where !vocabulary.contains(id) {
        throw InputError(row: rank + 1, expected: "merges of known tokens", found: "id \(id)")
      }
      let isRepeated = self[merge.left, merge.right] != .max
      insert(merge.left, merge.right, rank: rank, id: merge.result)
      for id in [merge.left, merge.right] { isUsed[Int(id)] = true }
      if isRepeated || isUsed[Int(merge.result)] { isOrdered = false }
    }
  }

  private init(capacity: Int) {
    var size = 16
    while size < capacity * 2 { size *= 2 }
    keys = Array(repeating: .max, count: size)
    values = Array(repeating: .max, count: size)
    mask = size - 1
  }

  /// Adds a merge; a pair that is there already takes the new rank, as in Hugging Face's reader.
  private mutating func insert(_ left: Int32, _ right: Int32, rank: Int, id: Int32) {
    let slot = self.slot(of: Self.key(left, right))
    keys[slot] = Self.key(left, right)
    values[slot] = UInt64(rank) << 32 | UInt64(id)
  }

  /// Rank << 32 | id of a pair; all ones if it does not merge.
  @inline(__always)
  subscript(left: Int32, right: Int32) -> UInt64 { values[slot(of: Self.key(left, right))] }

  @inline(__always)
  private func slot(of key: UInt64) -> Int {
    let hash = key &* 0x9E37_79B9_7F4A_7C15
    var slot = Int(truncatingIfNeeded: hash >> 32) & mask
    while keys[slot] != key && keys[slot] != .max { slot = (slot + 1) & mask }
    return slot
  }

  @inline(__always)
  private static func key(_ left: Int32, _ right: Int32) -> UInt64 {
    UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))
  }
}
