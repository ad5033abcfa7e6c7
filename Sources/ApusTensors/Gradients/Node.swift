import Synchronization

/// Where a tensor came from: one of the outputs of a node.
struct Origin: Sendable {
  let node: Node
  let output: Int
}

/// An operation in the gradient graph.
///
/// Nodes are numbered in the order of their creation, which is a topological order. They are
/// unchecked for sendability because the graph is built and walked by one task at a time.
final class Node: @unchecked Sendable {
  /// Gradients of the outputs (nil where nobody asked) to gradients of the inputs.
  typealias Backward = ([Tensor?]) -> [Gradient?]
  /// The outputs once more, this time with the graph behind them.
  typealias Recomputation = () -> [Tensor]

  let name: String
  let order: UInt64
  /// What each input came from; nil for inputs without gradient.
  private(set) var inputs: [Origin?]
  /// The shape and type of each output, for checks and for gradients that are all zero.
  let outputs: [(shape: [Int], type: ScalarType)]
  /// How to go back; nil once used, and for leaves.
  private var way: Way?
  let isLeaf: Bool

  enum Way {
    case backward(Backward)
    case recomputation(Recomputation)
  }

  private static let counter = Atomic<UInt64>(0)

  init(
    _ name: String, inputs: [Origin?], outputs: [(shape: [Int], type: ScalarType)],
    way: Way?
  ) {
    self.name = name
    self.inputs = inputs
    self.outputs = outputs
    self.way = way
    isLeaf = way == nil
    order = Self.counter.wrappingAdd(1, ordering: .relaxed).newValue
  }

  /// Hands out the way back and forgets it, with the tensors that it saved.
  func takeWay() -> Way? {
    defer { way = nil }
    return way
  }

  /// Releases the graph behind this node without recursion, so that long chains don't exhaust
  /// the stack.
  deinit {
    way = nil
    var waiting = inputs.compactMap { $0?.node }
    inputs = []
    while var node = waiting.popLast() {
      guard isKnownUniquelyReferenced(&node) else { continue }
      node.way = nil
      waiting += node.inputs.compactMap { $0?.node }
      node.inputs = []
    }
  }
}
