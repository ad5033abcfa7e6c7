import Testing

@testable import ApusTensors

extension TensorTests {
  @Suite struct HuffmanTreeTests {
    /// The least weighted path length: the two lightest nodes are joined until one is left.
    private func leastCost(_ counts: [Int]) -> Int {
      var nodes = counts.filter { $0 > 0 }
      var cost = 0
      while nodes.count > 1 {
        nodes.sort()
        let joined = nodes[0] + nodes[1]
        cost += joined
        nodes.replaceSubrange(0..<2, with: [joined])
      }
      return cost
    }

    @Test(arguments: [
      [1, 1], [5, 1, 1], [8, 4, 2, 1, 1], [3, 3, 3, 3, 3], [100, 0, 7, 7, 0, 2, 9, 1],
      (1...200).map { $0 * $0 % 61 },
    ])
    func pathsAreShortestAndNoneLeadsThroughALeaf(_ counts: [Int]) {
      let tree = HuffmanTree(counts: counts)
      let words = counts.indices.filter { counts[$0] > 0 }
      #expect(tree.innerNodeCount == words.count - 1)
      let cost = words.reduce(0) { $0 + counts[$1] * tree.path(to: $1).count }
      #expect(cost == leastCost(counts))
      // Following the turns from the root leads through the nodes that the path names.
      var ways: [Int: [Bool: String]] = [:]
      for word in words {
        let path = tree.path(to: word)
        #expect(path[0].node == tree.innerNodeCount - 1)
        for (place, step) in path.enumerated() {
          let next = place + 1 < path.count ? "node \(path[place + 1].node)" : "word \(word)"
          #expect(ways[step.node]?[step.turn] ?? next == next)
          ways[step.node, default: [:]][step.turn] = next
        }
      }
      #expect(ways.values.allSatisfy { $0.count == 2 })
      for word in counts.indices where counts[word] == 0 { #expect(tree.path(to: word).isEmpty) }
    }

    @Test func treesOfOneWordOrNoneHaveNoNodes() {
      #expect(HuffmanTree(counts: []).innerNodeCount == 0)
      #expect(HuffmanTree(counts: [0, 4]).path(to: 1).isEmpty)
    }
  }
}
