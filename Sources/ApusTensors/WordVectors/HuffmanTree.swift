/// The binary tree whose leaves are words and whose paths to frequent words are short.
///
/// Words that never come are no leaves and have an empty path.
///
/// - Source: Huffman 1952; for words, Morin & Bengio 2005 and Mikolov et al. 2013.
public struct HuffmanTree: Sendable, Equatable {
  /// Inner nodes are numbered from 0; the root has the last number.
  public let innerNodeCount: Int
  /// Where the path of each word begins in `nodes`, and one more: [V + 1].
  let starts: [Int64]
  /// The inner nodes from the root on, and which way goes on from each: 1 or 0.
  let nodes: [Int32]
  let turns: [Float]

  /// - Parameter counts: How often each word comes.
  public init(counts: [Int]) {
    let leaves = counts.indices.filter { counts[$0] > 0 }
      .sorted { (counts[$0], $1) < (counts[$1], $0) }
    innerNodeCount = max(0, leaves.count - 1)
    // Nodes are the leaves in rising order and then inner nodes, whose counts rise by themselves.
    var weights = leaves.map { counts[$0] }
    var parents = [Int](repeating: 0, count: leaves.count + innerNodeCount)
    var isRight = [Bool](repeating: false, count: parents.count)
    var (leaf, inner) = (0, leaves.count)
    for parent in leaves.count..<parents.count {
      weights.append(0)
      for turn in [false, true] {
        let child: Int
        if leaf < leaves.count, inner >= parent || weights[leaf] <= weights[inner] {
          child = leaf
          leaf += 1
        } else {
          child = inner
          inner += 1
        }
        weights[parent] += weights[child]
        (parents[child], isRight[child]) = (parent, turn)
      }
    }
    var places = [Int?](repeating: nil, count: counts.count)
    for (place, word) in leaves.enumerated() { places[word] = place }
    var starts: [Int64] = [0]
    var nodes: [Int32] = []
    var turns: [Float] = []
    for place in places {
      var path: [(node: Int32, turn: Float)] = []
      var node = place ?? parents.count - 1
      while node < parents.count - 1 {
        path.append((Int32(parents[node] - leaves.count), isRight[node] ? 1 : 0))
        node = parents[node]
      }
      nodes += path.reversed().map(\.node)
      turns += path.reversed().map(\.turn)
      starts.append(Int64(nodes.count))
    }
    (self.starts, self.nodes, self.turns) = (starts, nodes, turns)
  }

  /// The inner nodes from the root to a word, and whether the second way leads on from each.
  public func path(to word: Int) -> [(node: Int, turn: Bool)] {
    (Int(starts[word])..<Int(starts[word + 1])).map { (Int(nodes[$0]), turns[$0] > 0) }
  }
}
