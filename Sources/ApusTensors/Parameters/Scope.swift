import Synchronization

/// Where a layer creates its parameters: a place in the tree of names.
///
/// `scope.parameter` names, shapes and initialises or loads a parameter in one expression, so that
/// no list of parameters has to be kept by hand. Each initial value is a function of the seed and
/// the name; adding a layer changes no other.
public struct Scope: Sendable {
  private let store: ParameterStore
  /// The names from the root, joined by dots.
  public let path: String

  fileprivate init(_ store: ParameterStore, path: String) {
    self.store = store
    self.path = path
  }

  /// The place of a part; dots in the name are levels of their own.
  public static func / (scope: Scope, name: String) -> Scope {
    Scope(scope.store, path: scope.qualified(name))
  }

  public static func / (scope: Scope, index: Int) -> Scope { scope / "\(index)" }

  /// Creates a parameter.
  public func parameter(
    _ name: String, _ shape: [Int], _ initializer: Initializer, role: Parameter.Role = .other
  ) -> Parameter {
    store.create([qualified(name)], rowCounts: [shape.first ?? 1], shape, initializer, role)
  }

  /// Creates a parameter whose rows are several tensors of the reference checkpoint.
  ///
  /// - Parameters:
  ///   - names: The name of each tensor, from the top of the stack.
  ///   - shape: The shape of each; they are stacked along the first axis.
  ///   - initializer: Draws each tensor under its own name.
  ///   - role: What a layer does with them.
  /// - Returns: The parameter of all rows.
  public func parameter(
    stacking names: [String], _ shape: [Int], _ initializer: Initializer,
    role: Parameter.Role = .other
  ) -> Parameter {
    store.create(
      names.map(qualified), rowCounts: names.map { _ in shape[0] },
      [shape[0] * names.count] + shape.dropFirst(), initializer, role)
  }

  private func qualified(_ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }
}

/// The parameters of a model in the order of their creation, and where their values come from.
public final class ParameterStore: Sendable {
  /// Gives the tensor of a name, which must have the shape; throws what is wrong with the source.
  public typealias Source = @Sendable (_ name: String, _ shape: [Int]) throws -> Tensor

  private enum Origin {
    case seed(UInt64)
    case source(Source)
  }

  private struct State {
    var parameters: [Parameter] = []
    var names: Set<String> = []
    var failure: (any Error)?
  }

  private let origin: Origin
  private let start: StartingPoint
  private let state = Mutex(State())

  /// Values drawn from the initialisers, where none are given.
  ///
  /// - Parameters:
  ///   - seed: What they are drawn from.
  ///   - start: The values that are given, of the shapes that the model asks for, and what is frozen.
  public convenience init(seed: UInt64, from start: StartingPoint = StartingPoint()) {
    self.init(origin: .seed(seed), start)
  }

  /// Builds a model whose values come from a source, a weight file say.
  ///
  /// - Parameters:
  ///   - source: Gives each value.
  ///   - start: What stays as it is and what is adapted; values are those of the source.
  ///   - build: Builds the model.
  /// - Returns: The model and its parameters.
  /// - Throws: The first error of the source, after the model is built and before it is returned.
  public static func loading<Model>(
    from source: @escaping Source, start: StartingPoint = StartingPoint(),
    _ build: (Scope) throws -> Model
  ) throws -> (model: Model, store: ParameterStore) {
    let store = ParameterStore(origin: .source(source), start)
    let model = try build(store.root)
    if let failure = store.state.withLock({ $0.failure }) { throw failure }
    return (model, store)
  }

  private init(origin: Origin, _ start: StartingPoint) {
    self.origin = origin
    self.start = start
  }

  public var root: Scope { Scope(self, path: "") }

  /// All parameters, in the order of their creation.
  public var parameters: [Parameter] { state.withLock { $0.parameters } }

  /// The values by the names of the reference checkpoint, sorted by name.
  public var namedValues: [(name: String, value: Tensor)] {
    parameters.flatMap(\.namedValues).sorted { $0.name < $1.name }
  }

  /// The weights that the model reads, with those of adapters merged, sorted by name.
  public var mergedValues: [(name: String, value: Tensor)] {
    parameters.filter { $0.role != .adapter }.flatMap { $0.named($0.value.detached) }
      .sorted { $0.name < $1.name }
  }

  /// The factors of adapters, sorted by name.
  public var adapterValues: [(name: String, value: Tensor)] {
    parameters.filter { $0.role == .adapter }.flatMap(\.namedValues).sorted { $0.name < $1.name }
  }

  /// The number of weights.
  public var count: Int { parameters.reduce(0) { $0 + $1.count } }

  fileprivate func create(
    _ names: [String], rowCounts: [Int], _ shape: [Int], _ initializer: Initializer,
    _ role: Parameter.Role
  ) -> Parameter {
    state.withLock { state in
      for name in names {
        precondition(state.names.insert(name).inserted, "Scope: the name \(name) is used twice")
      }
      var start = 0
      let parts = zip(names, rowCounts).map { name, rows in
        defer { start += rows }
        return Parameter.Part(name: name, rows: start..<start + rows)
      }
      let values = parts.map { part in
        let partShape = names.count == 1 ? shape : [part.rows.count] + shape.dropFirst()
        return firstValue(of: part.name, partShape, initializer, &state)
      }
      let value = values.count == 1 ? values[0] : concatenated(values)
      let parameter = Parameter(
        parts, value, role: role, isFrozen: self.start.freezes(parts[0].name))
      state.parameters.append(parameter)
      adapt(parameter, &state)
      return parameter
    }
  }

  /// A value that is given, or drawn.
  private func firstValue(
    of name: String, _ shape: [Int], _ initializer: Initializer, _ state: inout State
  ) -> Tensor {
    switch origin {
    case .seed(let seed):
      guard let value = start.values[name] else {
        return initializer.tensor(shape, RandomKey(seed: seed, name: name))
      }
      precondition(
        value.shape == shape, "Scope: expected \(name) of shape \(shape), got \(value.shape)")
      return value
    case .source(let source):
      do {
        return try source(name, shape)
      } catch {
        state.failure = state.failure ?? error
        return .zeros(shape)
      }
    }
  }

  /// Gives a parameter the adapters that it is to have, which change nothing at first.
  private func adapt(_ parameter: Parameter, _ state: inout State) {
    guard let adapters = start.adapters, case .map(let layout) = parameter.role else { return }
    let parts = parameter.parts.filter { adapters.names.contains($0.name) }
    guard !parts.isEmpty else { return }
    precondition(
      layout == .outputsByInputs || parameter.parts.count == 1,
      "Scope: expected [outputs, inputs] of what is stacked, got \(parameter.name)")
    let isTransposed = layout == .inputsByOutputs
    func factor(_ name: String, _ shape: [Int], _ initializer: Initializer) -> Parameter {
      let value = firstValue(of: name, shape, initializer, &state)
      let factor = Parameter(
        [.init(name: name, rows: 0..<shape[0])], value, role: .adapter,
        isFrozen: start.freezes(name))
      state.parameters.append(factor)
      return factor
    }
    let adapted = parts.map { part in
      let names = LowRankAdapters.factorNames(of: part.name)
      let outputs = isTransposed ? parameter.shape[1] : part.rows.count
      let inputs = parameter.shape[isTransposed ? 0 : 1]
      return LowRankAdapter.Part(
        rows: part.rows,
        // PyTorch's Kaiming initialisation with a slope of √5, as PEFT has it.
        down: factor(
          names.down, [adapters.rank, inputs], .uniform(1 / Float(inputs).squareRoot())),
        up: factor(names.up, [outputs, adapters.rank], .zeros))
    }
    parameter.reparametrization = LowRankAdapter(
      parts: adapted, scale: adapters.scale, layout: layout)
  }
}
