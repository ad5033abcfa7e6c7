/// The prefixes that a search has followed, each a prefix and a label behind it.
///
/// Nodes are numbers. What is reached from nowhere any more is given up from time to time, and so is the
/// beginning that all prefixes followed share, whose labels are settled: a search over hours keeps what
/// it still weighs and no more.
struct PrefixTree {
  /// When a label was said on the most probable way to a prefix.
  struct Span {
    var first: Int32
    var last: Int32
    /// The highest log-probability of the label.
    var peak: Double
  }

  struct Node {
    let parent: Int32
    let label: Int32
    var firstChild: Int32 = -1
    var nextSibling: Int32
    /// Its place among those that are followed now, or −1.
    var place: Int32 = -1
    /// Of the parent's label, on the most probable way on which this label followed it.
    var spanBefore: Span
    let language: CTCLanguage.State
  }

  /// A label with the time of its most probable way.
  struct SpokenLabel {
    let label: Int32
    let span: Span
  }

  private(set) var nodes: [Node]
  /// The number of nodes at which those given up are looked for.
  private var room = leastRoom
  private static let leastRoom = 1 << 9
  /// As many labels as may move the time of one before them.
  private static let heldCount = 16
  static let root: Int32 = 0

  init(_ rootLabel: Int32, _ language: CTCLanguage.State) {
    nodes = [
      Node(
        parent: -1, label: rootLabel, nextSibling: -1,
        spanBefore: Span(first: 0, last: 0, peak: 0), language: language)
    ]
  }

  subscript(_ node: Int32) -> Node {
    get { nodes[Int(node)] }
    _modify { yield &nodes[Int(node)] }
  }

  /// The prefix that continues another with a label, if it was followed once.
  func child(_ node: Int32, _ label: Int32) -> Int32? {
    var child = nodes[Int(node)].firstChild
    while child >= 0 {
      if nodes[Int(child)].label == label { return child }
      child = nodes[Int(child)].nextSibling
    }
    return nil
  }

  mutating func append(
    _ label: Int32, behind parent: Int32, _ spanBefore: Span, _ language: CTCLanguage.State
  ) -> Int32 {
    let index = Int32(nodes.count)
    nodes.append(
      Node(
        parent: parent, label: label, nextSibling: nodes[Int(parent)].firstChild,
        spanBefore: spanBefore, language: language))
    nodes[Int(parent)].firstChild = index
    return index
  }

  /// Gives up nodes that lead to none that are followed, and those that lead to all, if there are many
  /// nodes.
  ///
  /// Before the node where the prefixes followed part, none is followed nor ever will be: labels there
  /// and when they were said stay as they are. The last of them stay in the tree, since they bound the
  /// times of those before.
  ///
  /// - Returns: The new number of each node, the labels that all prefixes followed begin with, and how
  ///   many of them are settled, from the first on; nil if all are as they were.
  mutating func compact() -> (numbers: [Int32], labels: [SpokenLabel], settledCount: Int)? {
    guard nodes.count >= room else { return nil }
    var isNeeded = nodes.map { $0.place >= 0 }
    isNeeded[Int(Self.root)] = true
    /// The child of a node that is needed, -1 if there is none, -2 if there are several.
    var onlyChild = [Int](repeating: -1, count: nodes.count)
    // Parents stand before their children.
    for index in nodes.indices.reversed() where isNeeded[index] && nodes[index].parent >= 0 {
      let parent = Int(nodes[index].parent)
      isNeeded[parent] = true
      onlyChild[parent] = onlyChild[parent] == -1 ? index : -2
    }
    func soleSuccessor(_ node: Int) -> Int? {
      nodes[node].place < 0 && onlyChild[node] >= 0 ? onlyChild[node] : nil
    }
    var root = Int(Self.root)
    var shared: [Int] = []
    while let next = soleSuccessor(shared.last ?? root) { shared.append(next) }
    let labels = zip(shared, shared.dropFirst()).map { node, next in
      SpokenLabel(label: nodes[node].label, span: nodes[next].spanBefore)
    }
    let settledCount = max(0, labels.count - Self.heldCount)
    if settledCount > 0 { root = shared[settledCount - 1] }
    var numbers = [Int32](repeating: -1, count: nodes.count)
    var kept: [Node] = []
    for index in root..<nodes.count where isNeeded[index] {
      numbers[index] = Int32(kept.count)
      let old = nodes[index]
      let parent = old.parent < 0 ? -1 : numbers[Int(old.parent)]
      var node = Node(
        parent: parent, label: old.label, nextSibling: -1, spanBefore: old.spanBefore,
        language: old.language)
      node.place = old.place
      if parent >= 0 {
        node.nextSibling = kept[Int(parent)].firstChild
        kept[Int(parent)].firstChild = Int32(kept.count)
      }
      kept.append(node)
    }
    nodes = kept
    room = max(Self.leastRoom, 2 * kept.count)
    return (numbers, labels, settledCount)
  }
}
