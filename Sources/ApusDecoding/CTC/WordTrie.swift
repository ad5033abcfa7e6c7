/// Words by their bytes, one letter after the other.
struct WordTrie: Sendable {
  /// Stands for letters that begin no word.
  static let nowhere: Int32 = -1
  static let root: Int32 = 0

  /// The word that ends at each node, or −1.
  private var words: [Int32] = [-1]
  /// The length of the shortest word that goes through each node, in bytes.
  private(set) var shortest: [Int32] = [.max]
  /// A table of the edges, by node and byte; a key of 0 is free.
  private var keys: [UInt64]
  private var targets: [Int32]
  private var edgeCount = 0

  init(_ entries: some Sequence<(word: Int32, text: [UInt8])>) {
    keys = Array(repeating: 0, count: 1 << 10)
    targets = Array(repeating: 0, count: 1 << 10)
    for (word, text) in entries { insert(word, text) }
  }

  /// The node that a letter leads to.
  func step(_ node: Int32, _ byte: UInt8) -> Int32 {
    guard node >= 0 else { return Self.nowhere }
    let slot = slot(of: Self.key(node, byte))
    return keys[slot] == 0 ? Self.nowhere : targets[slot]
  }

  func step(_ node: Int32, _ bytes: [UInt8]) -> Int32 { bytes.reduce(node, step) }

  /// The word that ends at a node.
  func word(_ node: Int32) -> Int32? {
    guard node >= 0, words[Int(node)] >= 0 else { return nil }
    return words[Int(node)]
  }

  private static func key(_ node: Int32, _ byte: UInt8) -> UInt64 {
    UInt64(node + 1) << 8 | UInt64(byte)
  }

  private func slot(of key: UInt64) -> Int {
    let mask = keys.count - 1
    // The high half of a product with 2^64 / φ depends on all bits.
    var slot = Int((key &* 0x9E37_79B9_7F4A_7C15) >> 32) & mask
    while keys[slot] != 0 && keys[slot] != key { slot = (slot + 1) & mask }
    return slot
  }

  private mutating func insert(_ word: Int32, _ text: [UInt8]) {
    var node = Self.root
    for byte in text {
      shortest[Int(node)] = min(shortest[Int(node)], Int32(text.count))
      let key = Self.key(node, byte)
      let slot = slot(of: key)
      if keys[slot] == 0 {
        keys[slot] = key
        targets[slot] = Int32(words.count)
        node = Int32(words.count)
        words.append(-1)
        shortest.append(.max)
        edgeCount += 1
        if 2 * edgeCount > keys.count { grow() }
      } else {
        node = targets[slot]
      }
    }
    shortest[Int(node)] = min(shortest[Int(node)], Int32(text.count))
    words[Int(node)] = word
  }

  private mutating func grow() {
    let edges = zip(keys, targets).filter { $0.0 != 0 }
    keys = Array(repeating: 0, count: 2 * keys.count)
    targets = Array(repeating: 0, count: keys.count)
    for (key, target) in edges {
      let slot = slot(of: key)
      keys[slot] = key
      targets[slot] = target
    }
  }
}
