import Synchronization

/// A named array of weights that an optimizer updates and a model reads.
///
/// The one reference type among a model's parts. Its value is Float32; products that run in bf16
/// round it on their way.
public final class Parameter: Sendable {
  /// One tensor of the reference checkpoint: a range of this parameter's rows.
  public struct Part: Sendable, Hashable {
    public let name: String
    public let rows: Range<Int>
  }

  /// The names in the reference checkpoint.
  ///
  /// Most parameters have one; where a model multiplies with several matrices at once (query, key
  /// and value) they are stacked as rows of one.
  public let parts: [Part]
  /// What a layer does with a parameter, where that decides how it can be adapted.
  public enum Role: Sendable, Hashable {
    /// The matrix of a linear map.
    case map(WeightLayout)
    /// A vector for each id.
    case table
    /// A factor of a change of low rank.
    case adapter
    case other
  }

  private struct State {
    var stored: Tensor
    var isFrozen: Bool
    var reparametrization: (any Reparametrization)?
  }

  public let shape: [Int]
  public let role: Role
  private let state: Mutex<State>
  private let leaf: Node

  public init(_ parts: [Part], _ value: Tensor, role: Role = .other, isFrozen: Bool = false) {
    precondition(value.type == .float32, "Parameter: expected float32, got \(value.type)")
    self.parts = parts
    self.role = role
    shape = value.shape
    state = Mutex(State(stored: value.detached, isFrozen: isFrozen))
    leaf = Node("parameter", inputs: [], outputs: [(value.shape, .float32)], way: nil)
  }

  public convenience init(_ name: String, _ value: Tensor) {
    self.init([Part(name: name, rows: 0..<(value.shape.first ?? 1))], value)
  }

  /// The name of the first part, which is the name of the whole for most.
  public var name: String { parts[0].name }
  public var count: Int { shape.reduce(1, *) }

  /// Whether the weights stay as they are: no gradient flows to them.
  public var isFrozen: Bool {
    get { state.withLock { $0.isFrozen } }
    set { state.withLock { $0.isFrozen = newValue } }
  }

  /// What stands between the stored weights and a model; nil where it reads them as they are.
  public var reparametrization: (any Reparametrization)? {
    get { state.withLock { $0.reparametrization } }
    set { state.withLock { $0.reparametrization = newValue } }
  }

  /// The weights that a model reads, tracked for gradients unless they are frozen.
  public var value: Tensor {
    let state = state.withLock { $0 }
    var stored = state.stored
    if !state.isFrozen { stored.origin = Origin(node: leaf, output: 0) }
    return state.reparametrization?.weights(from: stored) ?? stored
  }

  /// The weights that an optimizer changes and a checkpoint keeps.
  public var stored: Tensor { state.withLock { $0.stored } }

  /// Changes the stored weights, in place unless a tensor of their old value is still held.
  public func update(_ body: (inout Tensor) -> Void) {
    state.withLock { state in
      body(&state.stored)
      precondition(
        state.stored.shape == shape,
        "Parameter.update: expected \(shape), got \(state.stored.shape)")
    }
  }

  /// The stored values of each part under its own name, for checkpoints.
  public var namedValues: [(name: String, value: Tensor)] { named(stored) }

  /// A tensor of this parameter's shape, a gradient say, cut into the parts.
  public func named(_ tensor: Tensor) -> [(name: String, value: Tensor)] {
    parts.count == 1
      ? [(name, tensor)] : parts.map { ($0.name, tensor.rows($0.rows)) }
  }

  fileprivate var leafID: ObjectIdentifier { ObjectIdentifier(leaf) }
}

/// The gradients of a loss with respect to parameters.
public struct Gradients: Sendable {
  private var tensors: [ObjectIdentifier: Tensor]

  fileprivate init(_ tensors: [ObjectIdentifier: Tensor]) { self.tensors = tensors }

  /// The gradient of a parameter; nil if the loss does not depend on it.
  public subscript(parameter: Parameter) -> Tensor? {
    get { tensors[ObjectIdentifier(parameter)] }
    set { tensors[ObjectIdentifier(parameter)] = newValue }
  }

  /// Takes a gradient out, so that whoever uses it is its only holder.
  public mutating func take(_ parameter: Parameter) -> Tensor? {
    tensors.removeValue(forKey: ObjectIdentifier(parameter))
  }

  /// Adds the gradients of another part of the batch.
  public mutating func add(_ other: consuming Gradients) {
    for (id, addend) in other.tensors {
      var sum = tensors.removeValue(forKey: id).map(Gradient.dense)
      sum.add(.dense(addend))
      tensors[id] = sum?.tensor
    }
  }
}

extension Tensor {
  /// The gradients of this scalar with respect to parameters.
  public func gradients(of parameters: [Parameter]) -> Gradients {
    var leaves = backpropagate(seed: nil)
    var result: [ObjectIdentifier: Tensor] = [:]
    for parameter in parameters {
      result[ObjectIdentifier(parameter)] = leaves.removeValue(forKey: parameter.leafID)?.tensor
    }
    return Gradients(result)
  }
}
