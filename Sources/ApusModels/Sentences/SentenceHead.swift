import ApusFiles
import ApusLayers
import ApusTensors

/// What makes one vector of the states of a text: poolings side by side, then further steps.
///
/// - Shapes: [N, C] over B texts → [B, outputSize], Float32
/// - Source: Reimers & Gurevych 2019, §3.
public struct SentenceHead: Layer {
  /// What happens to pooled vectors.
  public enum Step: Sendable {
    case dense(Linear, Activation)
    case normalize
  }

  public var poolings = [Pooling.mean]
  public var steps: [Step] = []
  /// How many of the first values of a vector are kept; nil for all.
  ///
  /// What has length 1 has it again.
  ///
  /// - Source: Kusupati et al. 2022, for models that learnt to say most in these.
  public var keptCount: Int?

  public init() {}

  /// Has vectors of length 1 at the end, or leaves out what has only this purpose.
  public mutating func normalizes(_ isWanted: Bool) {
    while case .normalize? = steps.last { steps.removeLast() }
    if isWanted { steps.append(.normalize) }
  }

  /// The number of values of a vector.
  ///
  /// - Throws: `InputError` for a dense layer of another size than what it gets, or more values to keep
  ///   than there are.
  public func outputSize(of hiddenSize: Int, file: String? = nil) throws(InputError) -> Int {
    var size = poolings.count * hiddenSize
    for case .dense(let linear, _) in steps {
      guard linear.inputSize == size else {
        throw InputError(
          file: file, expected: "a Dense module for \(size) values",
          found: "one for \(linear.inputSize)")
      }
      size = linear.outputSize
    }
    if let keptCount {
      guard 1...size ~= keptCount else {
        throw InputError(
          file: file, expected: "from 1 to \(size) dimensions", found: "\(keptCount)")
      }
      size = keptCount
    }
    return size
  }

  public func callAsFunction(_ states: Sequences) -> Tensor {
    finished(concatenated(poolings.map { $0(states) }, axis: 1))
  }

  /// What the steps make of pooled vectors.
  public func finished(_ vectors: Tensor) -> Tensor {
    let whole = steps.reduce(vectors) { vectors, step in
      switch step {
      case .dense(let linear, let activation): activation(linear(vectors))
      case .normalize: vectors.normalizedRows
      }
    }
    guard let keptCount else { return whole }
    let kept = whole.columns(0..<keptCount)
    if case .normalize? = steps.last { return kept.normalizedRows }
    return kept
  }
}

extension SentenceHead {
  /// The same head with dense layers of its own, which are created in a scope.
  func copy(in scope: Scope) -> SentenceHead {
    var copy = self
    copy.steps = steps.enumerated().map { index, step in
      guard case .dense(let linear, let activation) = step else { return step }
      let own = Linear(
        linear.inputSize, linear.outputSize, hasBias: linear.bias != nil, in: scope / index)
      return .dense(own, activation)
    }
    return copy
  }

  /// The weights of the dense layers under the names that `copy` gives them.
  var namedValues: [(name: String, value: Tensor)] {
    steps.enumerated().flatMap { index, step -> [(name: String, value: Tensor)] in
      guard case .dense(let linear, _) = step else { return [] }
      return [("\(index).weight", linear.weight.value.detached)]
        + (linear.bias.map { [("\(index).bias", $0.value.detached)] } ?? [])
    }
  }
}

extension SentenceHead {
  /// Puts a dense layer with tanh behind the pooling, in place of those that were there.
  public mutating func addDense(inputSize: Int, outputSize: Int, seed: UInt64) {
    let scope = ParameterStore(seed: seed).root / "dense"
    steps.removeAll { if case .dense = $0 { true } else { false } }
    steps.insert(.dense(Linear(inputSize, outputSize, in: scope), .tanh), at: 0)
  }
}
