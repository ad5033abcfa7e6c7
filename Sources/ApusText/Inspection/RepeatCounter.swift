/// Counts how many of many texts came before, in bounded memory.
///
/// Exact for two million different texts. Beyond that it keeps those whose hashes begin with a zero
/// bit, then two, and so on: copies of a text stay or go together, so that the repeats among the
/// texts kept tell those among all.
struct RepeatCounter {
  private static let mostSlots = 1 << 22

  /// Open addressing; 0 is empty.
  private var hashes = [UInt64](repeating: 0, count: 1 << 10)
  private var repeats = [UInt32](repeating: 0, count: 1 << 10)
  private var count = 0
  /// How many leading bits of a hash are zero for a text that is kept.
  private var zeroBits = 0

  /// Whether all texts were looked at.
  var isExact: Bool { zeroBits == 0 }

  /// The texts that came before, of all or as told by those that were kept.
  var repeatCount: Int { repeats.reduce(0) { $0 + Int($1) } << zeroBits }

  /// Takes note of a text.
  ///
  /// - Returns: Whether it is known to have come before.
  mutating func add(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    let hash = max(1, Self.hash(text))
    guard hash.leadingZeroBitCount >= zeroBits else { return false }
    let slot = slot(of: hash)
    guard hashes[slot] == 0 else {
      repeats[slot] = repeats[slot] == .max ? .max : repeats[slot] + 1
      return true
    }
    hashes[slot] = hash
    count += 1
    if 2 * count > hashes.count { makeRoom() }
    return false
  }

  private func slot(of hash: UInt64) -> Int {
    let mask = hashes.count - 1
    var slot = Int(truncatingIfNeeded: hash) & mask
    while hashes[slot] != 0, hashes[slot] != hash { slot = (slot + 1) & mask }
    return slot
  }

  private mutating func makeRoom() {
    let former = zip(hashes, repeats).filter { $0.0 != 0 }
    let size = min(2 * hashes.count, Self.mostSlots)
    if size == hashes.count { zeroBits += 1 }
    hashes = [UInt64](repeating: 0, count: size)
    repeats = [UInt32](repeating: 0, count: size)
    count = 0
    for (hash, repeatCount) in former where hash.leadingZeroBitCount >= zeroBits {
      let slot = slot(of: hash)
      hashes[slot] = hash
      repeats[slot] = repeatCount
      count += 1
    }
  }

  /// Eight bytes at a time, each folded in by a product of which both halves count.
  private static func hash(_ text: UnsafeBufferPointer<UInt8>) -> UInt64 {
    let raw = UnsafeRawBufferPointer(text)
    var state = mixed(UInt64(truncatingIfNeeded: text.count) ^ 0x9E37_79B9_7F4A_7C15)
    var index = 0
    while index + 8 <= raw.count {
      state = mixed(state ^ raw.loadUnaligned(fromByteOffset: index, as: UInt64.self))
      index += 8
    }
    var last: UInt64 = 0
    while index < raw.count {
      last = last << 8 | UInt64(raw[index])
      index += 1
    }
    return mixed(mixed(state ^ last))
  }

  /// - Source: The finaliser of SplitMix64 (Steele et al. 2014), a one-to-one map.
  @inline(__always)
  private static func mixed(_ value: UInt64) -> UInt64 {
    var z = value &+ 0x9E37_79B9_7F4A_7C15
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
