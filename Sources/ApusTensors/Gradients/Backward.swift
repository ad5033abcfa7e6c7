extension Tensor {
  /// The gradients of this scalar with respect to tracked tensors.
  ///
  /// The graph is walked once, latest operation first, and each operation's saved tensors are
  /// released as soon as it has been passed; asking twice therefore traps.
  ///
  /// - Parameters:
  ///   - targets: Tensors made with `tracked`, or values of parameters.
  ///   - seed: The gradient of this tensor itself; a tensor that is not a scalar needs one.
  /// - Returns: A gradient a target, of its shape; zeros where this tensor does not depend on it.
  public func gradients(of targets: [Tensor], seed: Tensor? = nil) -> [Tensor] {
    let wanted = targets.map { target -> Node in
      guard let node = target.origin?.node, node.isLeaf else {
        preconditionFailure("gradients(of:): expected tracked tensors, got \(target.shape)")
      }
      return node
    }
    let found = backpropagate(seed: seed)
    return zip(targets, wanted).map { target, node in
      found[ObjectIdentifier(node)]?.tensor ?? .zeros(target.shape)
    }
  }

  /// Walks the graph and returns what arrived at its leaves.
  func backpropagate(seed: Tensor?) -> [ObjectIdentifier: Gradient] {
    guard let origin else { return [:] }
    precondition(
      seed != nil || count == 1, "gradients: expected a scalar or a seed, got shape \(shape)")
    var waiting = NodeQueue()
    var arrived: [ObjectIdentifier: [Gradient?]] = [:]
    var leaves: [ObjectIdentifier: Gradient] = [:]

    func deliver(_ gradient: consuming Gradient, to origin: Origin) {
      let id = ObjectIdentifier(origin.node)
      if arrived[id] == nil {
        arrived[id] = Array(repeating: nil, count: origin.node.outputs.count)
        waiting.insert(origin.node)
      }
      arrived[id]?[origin.output].add(gradient)
    }

    withoutGradients {
      deliver(.dense(seed ?? Tensor.filled(1, shape)), to: origin)
      while let node = waiting.popLatest() {
        guard var gradients = arrived.removeValue(forKey: ObjectIdentifier(node)) else { continue }
        if node.isLeaf {
          leaves[ObjectIdentifier(node)] = gradients[0]
          continue
        }
        switch node.takeWay() {
        case nil:
          preconditionFailure("gradients: the graph of \(node.name) was already used")
        case .backward(let backward):
          let outgoing = gradients.indices.map { index -> Tensor? in
            let gradient = gradients[index]
            gradients[index] = nil
            return gradient?.tensor
          }
          for (input, gradient) in zip(node.inputs, backward(outgoing)) {
            guard let input, let gradient else { continue }
            deliver(gradient, to: input)
          }
        case .recomputation(let recompute):
          // The nodes of the second run are later than any that wait, so the walk goes on in
          // their midst and leaves them where the first run's inputs came from.
          for (output, gradient) in zip(recompute(), gradients) {
            guard let origin = output.origin, let gradient else { continue }
            deliver(gradient, to: origin)
          }
        }
      }
    }
    return leaves
  }
}

/// Nodes by the order of their creation, the latest first: a binary heap.
private struct NodeQueue {
  private var heap: [Node] = []

  mutating func insert(_ node: Node) {
    heap.append(node)
    var child = heap.count - 1
    while child > 0, heap[child].order > heap[(child - 1) / 2].order {
      heap.swapAt(child, (child - 1) / 2)
      child = (child - 1) / 2
    }
  }

  mutating func popLatest() -> Node? {
    guard let latest = heap.first else { return nil }
    let last = heap.removeLast()
    if heap.isEmpty { return latest }
    heap[0] = last
    var parent = 0
    while true {
      var largest = parent
      for child in [2 * parent + 1, 2 * parent + 2]
      where child < heap.count && heap[child].order > heap[largest].order {
        largest = child
      }
      if largest == parent { return latest }
      heap.swapAt(parent, largest)
      parent = largest
    }
  }
}
