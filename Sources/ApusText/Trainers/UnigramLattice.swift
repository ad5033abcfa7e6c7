import Glibc

/// All ways to split a short string into tokens: the working memory of one thread.
final class UnigramLattice {
  private struct Edge {
    var start, end, id: Int32
  }

  /// The best path to a place: its score, and its last token with the place where that starts.
  private struct PathEnd {
    var score: Double
    var start, id: Int32
  }

  /// What the logarithm of a probability grows by with each character, so that probabilities of
  /// long strings stay near 1: about the number of nats that a character has.
  private static let perCharacter = 2.0
  private static let longestText = UnigramUnits.longestUnit * 4
  private static let mostEdges = UnigramUnits.longestUnit * FrequentSubstrings.longest

  // Pointers, because accesses to a class's arrays are checked each time.
  private let edges = UnsafeMutablePointer<Edge>.allocate(capacity: mostEdges)
  private let forward = UnsafeMutablePointer<Double>.allocate(capacity: longestText + 1)
  private let backward = UnsafeMutablePointer<Double>.allocate(capacity: longestText + 1)
  private let path = UnsafeMutablePointer<PathEnd>.allocate(capacity: longestText + 1)

  deinit {
    edges.deallocate()
    forward.deallocate()
    backward.deallocate()
    path.deallocate()
  }

  /// The factors by which tokens extend paths, from their scores.
  static func gains(of pieces: UnigramPieces) -> [Double] {
    zip(pieces.scores, pieces.ranges).map { score, range in
      let length = pieces.bytes[range].count { $0 & 0xC0 != 0x80 }
      return exp(score + perCharacter * Double(length))
    }
  }

  /// Calls `body` with each token at each place and its probability given the whole string.
  @inline(__always)
  func forEachExpectation(
    of text: UnsafeBufferPointer<UInt8>, _ trie: TokenTrie, gains: UnsafeBufferPointer<Double>,
    _ body: (_ id: Int32, _ probability: Double) -> Void
  ) {
    forward.update(repeating: 0, count: text.count + 1)
    backward.update(repeating: 0, count: text.count + 1)
    forward[0] = 1
    var count = 0
    forEachEdge(of: text, trie) { start, end, id in
      edges[count] = Edge(start: Int32(start), end: Int32(end), id: id)
      count += 1
      forward[end] += forward[start] * gains[Int(id)]
    }
    let whole = forward[text.count]
    guard whole.isNormal else { return }
    backward[text.count] = 1 / whole
    while count > 0 {
      count -= 1
      let edge = edges[count]
      let rest = gains[Int(edge.id)] * backward[Int(edge.end)]
      backward[Int(edge.start)] += rest
      body(edge.id, forward[Int(edge.start)] * rest)
    }
  }

  /// Calls `body` with the tokens of the best path, from the last to the first.
  ///
  /// - Parameters:
  ///   - text: The string.
  ///   - trie: The tokens.
  ///   - scores: A score for each token.
  ///   - excluded: A token that paths may not use; -1 for none.
  ///   - body: Receives ids.
  /// - Returns: The score of the path; nil if there is none.
  @inline(__always)
  func forEachOfBest(
    in text: UnsafeBufferPointer<UInt8>, _ trie: TokenTrie, scores: UnsafeBufferPointer<Double>,
    excluding excluded: Int32 = -1, _ body: (_ id: Int32) -> Void
  ) -> Double? {
    path.update(repeating: PathEnd(score: -.infinity, start: -1, id: -1), count: text.count + 1)
    path[0].score = 0
    forEachEdge(of: text, trie) { start, end, id in
      let score = path[start].score + scores[Int(id)]
      if id != excluded, score > path[end].score {
        path[end] = PathEnd(score: score, start: Int32(start), id: id)
      }
    }
    let score = path[text.count].score
    guard score > -.infinity else { return nil }
    var place = text.count
    while place > 0 {
      body(path[place].id)
      place = Int(path[place].start)
    }
    return score
  }

  /// Calls `body` with each token at each place, those that start first before others.
  @inline(__always)
  private func forEachEdge(
    of text: UnsafeBufferPointer<UInt8>, _ trie: TokenTrie,
    _ body: (_ start: Int, _ end: Int, _ id: Int32) -> Void
  ) {
    precondition(text.count <= Self.longestText, "UnigramLattice: a text beyond a unit's length")
    trie.withUnsafeNodes { nodes in
      for start in 0..<text.count where text[start] & 0xC0 != 0x80 {
        var node = trie.root
        var end = start
        while end < text.count, let child = TokenTrie.child(node, text[end], in: nodes) {
          node = child
          end += 1
          let id = TokenTrie.id(node)
          if id >= 0 { body(start, end, id) }
        }
      }
    }
  }
}
