import ApusLayers
import ApusTensors

/// What a model adds to the embedding of a token for its position.
enum PositionTable: Sendable {
  case learned(Parameter)
  /// Sines and cosines, [count, size].
  case fixed(Tensor, name: String)
  /// Nothing: positions enter the attention.
  case none

  init(
    _ kind: PositionKind, count: Int, size: Int, _ initializer: Initializer, in scope: Scope
  ) {
    switch kind {
    case .learned: self = .learned(scope.parameter("weight", [count, size], initializer))
    case .sinusoidal:
      self = .fixed(sinusoidalPositions(count: count, size: size), name: "\(scope.path).weight")
    case .rotary: self = .none
    }
  }

  /// The term of an embedding sum; none if there is nothing to add.
  func terms(_ positions: Tensor) -> [(ids: Tensor, table: Tensor)] {
    switch self {
    case .learned(let table): [(positions, table.value)]
    case .fixed(let table, _): [(positions, table)]
    case .none: []
    }
  }

  /// A fixed table under the name of a learned one: readers that know no other kind then compute
  /// the same.
  var constants: [(name: String, value: Tensor)] {
    guard case .fixed(let table, let name) = self else { return [] }
    return [(name, table)]
  }
}

/// Traps on a sequence that is longer than a model's context; readers of texts cut them before.
func requireLengths(_ ids: Sequences, upTo contextLength: Int, _ model: String) {
  let longest = ids.lengths.max() ?? 0
  precondition(
    longest <= contextLength,
    "\(model): expected sequences of at most \(contextLength) tokens, got one of \(longest)")
}
