/// How often each pair of neighbouring symbols comes, and in which words.
struct PairCounts {
  /// Open addressing over keys of left << 32 | right; all ones where empty.
  private var keys = [UInt64](repeating: .max, count: 1 << 16)
  private var slots = [Int32](repeating: 0, count: 1 << 16)
  private(set) var pairs: [UInt64] = []
  var counts: [Int64] = []
  /// The words a pair came to be in; it may have gone again, and a word may come twice.
  var words: [[Int32]] = []

  @inline(__always)
  static func key(_ left: Int32, _ right: Int32) -> UInt64 {
    UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))
  }

  /// The index of a pair, which is added with count 0 if it is not there.
  @inline(__always)
  mutating func index(of key: UInt64) -> Int {
    let mask = keys.count - 1
    var slot = Self.slot(of: key, mask: mask)
    while keys[slot] != key {
      if keys[slot] == .max { return insert(key, at: slot) }
      slot = (slot + 1) & mask
    }
    return Int(slots[slot])
  }

  private mutating func insert(_ key: UInt64, at slot: Int) -> Int {
    keys[slot] = key
    slots[slot] = Int32(pairs.count)
    pairs.append(key)
    counts.append(0)
    words.append([])
    if pairs.count * 2 > keys.count { grow() }
    return pairs.count - 1
  }

  private mutating func grow() {
    let mask = keys.count * 2 - 1
    var widerKeys = [UInt64](repeating: .max, count: mask + 1)
    var widerSlots = [Int32](repeating: 0, count: mask + 1)
    for (index, key) in pairs.enumerated() {
      var slot = Self.slot(of: key, mask: mask)
      while widerKeys[slot] != .max { slot = (slot + 1) & mask }
      widerKeys[slot] = key
      widerSlots[slot] = Int32(index)
    }
    keys = widerKeys
    slots = widerSlots
  }

  @inline(__always)
  private static func slot(of key: UInt64, mask: Int) -> Int {
    let product = key.multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
    return Int(truncatingIfNeeded: product.high ^ product.low) & mask
  }

  @inline(__always)
  mutating func add(_ left: Int32, _ right: Int32, _ change: Int64) {
    counts[index(of: Self.key(left, right))] += change
  }

  /// Adds to a pair that came into being in a word, and gives its index.
  @inline(__always)
  mutating func add(_ left: Int32, _ right: Int32, _ change: Int64, in word: Int32) -> Int {
    let index = index(of: Self.key(left, right))
    counts[index] += change
    if words[index].last != word { words[index].append(word) }
    return index
  }
}
