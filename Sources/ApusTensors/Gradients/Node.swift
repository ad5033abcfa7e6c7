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

  let name: String
  let order: UInt64
  /// What each input came from; nil for inputs without gradient.
  private(set) var inputs: [Origin?]
  /// The shape and type of each output, for checks and for gradients that are all zero.
  let outputs: [(shape: [Int], type: ScalarType)]
  /// Nil once used, and for leaves.
  private(set) var backward: Backward?
  let isLeaf: Bool

  private static let counter = Atomic<UInt64>(0)

  init(
    _ name: String, inputs: [Origin?], outputs: [(shape: [Int], type: ScalarType)],
    backward: Backward?
  ) {
    self.name = name
    self.inputs = inputs
    self.outputs = outputs
    self.backward = backward
    isLeaf = backward == nil
    order = Self.counter.wrappingAdd(1, ordering: .relaxed).newValue
  }

  /// Hands out the backward function and forgets it, with the tensors that it saved.
  func takeBackward() -> Backward? {
    defer { backward = nil }
    return backward
  }

  /// Releases the graph behind this node without recursion, so that long chains don't exhaust
  /// the stack.
  deinit {
    backward = nil
    var waiting = inputs.compactMap { $0?.node }
    inputs = []
    while var node = waiting.popLast() {
      guard isKnownUniquelyReferenced(&node) else { continue }
      node.backward = nil
      waiting += node.inputs.compactMap { $0?.node }
      node.inputs = []
    }
  }
}
