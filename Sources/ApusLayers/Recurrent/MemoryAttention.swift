import ApusTensors

/// How well a decoder's state and an encoder's fit each other.
public enum AttentionScore: String, Sendable, Hashable, Codable, CaseIterable {
  /// Their product.
  case dot
  /// Their product with a matrix between them.
  case general
  /// v · tanh of one matrix times both, one behind the other (Luong et al. 2015).
  case concat
  /// v · tanh of the sum of a matrix times each (Bahdanau et al. 2015).
  case additive
}

/// Attention of a recurrent decoder's states to an encoder's.
///
/// - Shapes: queries [N, querySize], memory [M, memorySize] → [N, memorySize]
/// - Source: Bahdanau et al. 2015; Luong et al. 2015, §3.1, global attention.
public struct MemoryAttention: Layer {
  /// What is seen, and what it is scored by where that is not the memory itself.
  public struct Memory: Sendable {
    public let states: Sequences
    let keys: Sequences?
    /// What queries are multiplied with, of a matrix that is for both.
    let queryWeight: Tensor?
  }

  private enum Form: Sendable {
    case product(Linear?)
    case sum(query: Parameter, key: Parameter, vector: Parameter)
    case joined(both: Parameter, vector: Parameter)
  }

  private let form: Form
  private let querySize: Int

  public init(_ score: AttentionScore, querySize: Int, memorySize: Int, in scope: Scope) {
    precondition(
      score != .dot || querySize == memorySize,
      "MemoryAttention: expected states of one size for dot, got \(querySize) and \(memorySize)")
    self.querySize = querySize
    func vector() -> Parameter { scope.parameter("score.weight", [memorySize], .xavierUniform) }
    switch score {
    case .dot: form = .product(nil)
    case .general:
      form = .product(Linear(querySize, memorySize, hasBias: false, in: scope / "query"))
    case .concat:
      form = .joined(
        both: scope.parameter("weight", [memorySize, querySize + memorySize], .xavierUniform),
        vector: vector())
    case .additive:
      form = .sum(
        query: scope.parameter("query.weight", [memorySize, querySize], .xavierUniform),
        key: scope.parameter("key.weight", [memorySize, memorySize], .xavierUniform),
        vector: vector())
    }
  }

  /// Prepares what is seen, once for all queries.
  public func memory(_ states: Sequences) -> Memory {
    switch form {
    case .product: Memory(states: states, keys: nil, queryWeight: nil)
    case .sum(_, let key, _):
      Memory(states: states, keys: states.map { linear($0, key.value) }, queryWeight: nil)
    case .joined(let both, _):
      Memory(
        states: states,
        keys: states.map { linear($0, both.value.columns(querySize..<both.shape[1])) },
        queryWeight: both.value.columns(0..<querySize))
    }
  }

  /// The weighted states for each query.
  ///
  /// - Parameters:
  ///   - queries: The decoder's states.
  ///   - memory: What `memory(_:)` made.
  ///   - sources: The sequence of the memory that each sequence of queries sees; that of the same
  ///     number if it is left out.
  /// - Returns: A row a query.
  public func callAsFunction(
    _ queries: Sequences, to memory: Memory, of sources: [Int]? = nil
  ) -> Sequences {
    guard case .product(let map) = form else {
      return observed(queries, to: memory, of: sources).context
    }
    return dotAttention(queries.map { map?($0) ?? $0 }, to: memory.states, of: sources)
  }

  /// The weighted states for each query, and the weights.
  ///
  /// - Parameters: Those of the call.
  /// - Returns: A row a query; and the weights, a matrix with a row a query for each sequence of
  ///   queries, one after the other.
  public func observed(
    _ queries: Sequences, to memory: Memory, of sources: [Int]? = nil
  ) -> (context: Sequences, weights: Tensor) {
    switch form {
    case .product(let map):
      observedDotAttention(queries.map { map?($0) ?? $0 }, to: memory.states, of: sources)
    case .sum(let query, _, let vector):
      additive(queries.map { linear($0, query.value) }, to: memory, vector, of: sources)
    case .joined(let both, let vector):
      additive(
        queries.map { linear($0, memory.queryWeight ?? both.value.columns(0..<querySize)) },
        to: memory, vector, of: sources)
    }
  }

  private func additive(
    _ queries: Sequences, to memory: Memory, _ vector: Parameter, of sources: [Int]?
  ) -> (context: Sequences, weights: Tensor) {
    additiveAttention(
      queries, keys: memory.keys ?? memory.states, values: memory.states.values, vector.value,
      of: sources)
  }
}
