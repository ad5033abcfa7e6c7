/// The tokens of a vocabulary by their bytes, for finding all that begin at a place of a text.
///
/// A double array: a node is a word of 64 bits with the base of its children (32 bits), its
/// token's id + 1 (23 bits) and the byte that leads to it (9 bits, so that a slot without a node
/// matches no byte). The child for a byte is at base ^ byte; childless nodes have base 0, whose
/// block is empty. Every step of a walk is one load.
///
/// - Source: Aoe 1989; children by exclusive or as in Yata's Darts-clone.
struct TokenTrie: Sendable {
  typealias Node = UInt64

  private static let empty: Node = 0x1FF

  private(set) var root: Node = 0x1FF
  private var nodes = [Node](repeating: 0x1FF, count: 256)

  /// Builds the trie of tokens given in the order of their bytes, without repeats.
  ///
  /// - Parameters:
  ///   - tokens: Ranges of `bytes`, none empty.
  ///   - ids: The id of each token, below 2²² as all of a `Vocabulary`.
  ///   - bytes: The tokens' bytes.
  init(_ tokens: [Range<Int>], ids: [Int32], of bytes: UnsafeBufferPointer<UInt8>) {
    var slots = FreeSlots()
    var open: [(tokens: Range<Int>, depth: Int, place: Int?)] = [(0..<tokens.count, 0, nil)]
    var labels: [UInt8] = []
    var groups: [Range<Int>] = []
    while let (group, depth, place) = open.popLast() {
      var first = group.lowerBound
      var node = place.map { nodes[$0] } ?? Self.empty
      if first < group.upperBound, tokens[first].count == depth {
        node |= Node(UInt32(ids[first] + 1)) << 9
        first += 1
      }
      labels.removeAll(keepingCapacity: true)
      groups.removeAll(keepingCapacity: true)
      var start = first
      for index in first..<group.upperBound {
        let byte = bytes[tokens[index].lowerBound + depth]
        guard labels.last != byte else { continue }
        if index > start { groups.append(start..<index) }
        labels.append(byte)
        start = index
      }
      if !labels.isEmpty {
        groups.append(start..<group.upperBound)
        let base = slots.take(labels)
        while nodes.count < slots.count { nodes.append(Self.empty) }
        for (label, group) in zip(labels, groups) {
          nodes[base ^ Int(label)] = Node(label)
          open.append((group, depth + 1, base ^ Int(label)))
        }
        node |= Node(base) << 32
      }
      if let place { nodes[place] = node } else { root = node }
    }
  }

  /// Builds the trie of those tokens of a vocabulary that `includes` says.
  init(_ vocabulary: Vocabulary, where includes: (Int32) -> Bool) {
    var bytes: [UInt8] = []
    var tokens: [(range: Range<Int>, id: Int32)] = []
    for id in 0..<Int32(vocabulary.count) where includes(id) {
      guard let token = vocabulary.bytes(of: id), !token.isEmpty else { continue }
      tokens.append((bytes.count..<bytes.count + token.count, id))
      bytes.append(contentsOf: token)
    }
    self = bytes.withUnsafeBufferPointer { bytes in
      tokens.sort { bytes[$0.range].lexicographicallyPrecedes(bytes[$1.range]) }
      return TokenTrie(tokens.map(\.range), ids: tokens.map(\.id), of: bytes)
    }
  }

  func withUnsafeNodes<Result>(_ body: (UnsafePointer<Node>) -> Result) -> Result {
    nodes.withUnsafeBufferPointer { buffer in
      // Never empty: the block of childless nodes is always there.
      buffer.baseAddress.map(body) ?? withUnsafePointer(to: Self.empty, body)
    }
  }

  /// The child of a node for a byte; nil if there is none.
  @inline(__always)
  static func child(_ node: Node, _ byte: UInt8, in nodes: UnsafePointer<Node>) -> Node? {
    let child = nodes[Int(node >> 32) ^ Int(byte)]
    return child & 0x1FF == Node(byte) ? child : nil
  }

  /// The id of the token that ends at a node; -1 if none does.
  @inline(__always)
  static func id(_ node: Node) -> Int32 {
    Int32(truncatingIfNeeded: (node >> 9) & 0x7F_FFFF) - 1
  }

  /// The id of the token that a text is; -1 if it is none.
  func id(of text: UnsafeBufferPointer<UInt8>) -> Int32 {
    withUnsafeNodes { nodes in
      var node = root
      for byte in text {
        guard let child = Self.child(node, byte, in: nodes) else { return -1 }
        node = child
      }
      return text.isEmpty ? -1 : Self.id(node)
    }
  }
}

/// The slots of a double array that hold no node yet.
///
/// Only the last blocks are searched, so that building takes linear time.
private struct FreeSlots {
  private static let openBlocks = 16

  private(set) var count = 256
  private var isTaken = [Bool](repeating: true, count: 256)
  private var isBase = [Bool](repeating: true, count: 256)
  /// The free slots of the open blocks, in order.
  private var next: [Int] = Array(repeating: 0, count: 256)
  private var previous: [Int] = Array(repeating: 0, count: 256)
  /// 0 where the list is empty; its slot is never free.
  private var head = 0
  private var tail = 0

  /// Takes a slot for each label and returns their base.
  mutating func take(_ labels: [UInt8]) -> Int {
    let base = find(labels) ?? addBlock()
    isBase[base] = true
    for label in labels {
      isTaken[base ^ Int(label)] = true
      unlink(base ^ Int(label))
    }
    return base
  }

  private func find(_ labels: [UInt8]) -> Int? {
    guard let first = labels.first else { return nil }
    var slot = head
    while slot != 0 {
      let base = slot ^ Int(first)
      if !isBase[base], labels.allSatisfy({ !isTaken[base ^ Int($0)] }) { return base }
      slot = next[slot]
    }
    return nil
  }

  private mutating func addBlock() -> Int {
    let start = count
    count += 256
    for slot in start..<count {
      isTaken.append(false)
      isBase.append(false)
      next.append(0)
      previous.append(tail)
      if tail == 0 { head = slot } else { next[tail] = slot }
      tail = slot
    }
    let closed = start - Self.openBlocks * 256
    if closed >= 256 {
      for slot in closed..<closed + 256 where !isTaken[slot] { unlink(slot) }
    }
    return start
  }

  private mutating func unlink(_ slot: Int) {
    if previous[slot] == 0 { head = next[slot] } else { next[previous[slot]] = next[slot] }
    if next[slot] == 0 { tail = previous[slot] } else { previous[next[slot]] = previous[slot] }
  }
}
