import CApusKernels

/// What a linear-chain conditional random field over L labels knows besides the emissions.
///
/// The score of a sequence of labels is the sum of the emission of each label, the transition
/// between each two neighbours, the start of the first label and the end of the last. −∞ forbids
/// what it stands at.
public struct ChainScores: Sendable {
  /// From the label of a row to that of a column, Float32: [L, L].
  public var transitions: Tensor
  /// Of the first label, Float32: [L].
  public var starts: Tensor
  /// Of the last label, Float32: [L].
  public var ends: Tensor

  public init(transitions: Tensor, starts: Tensor, ends: Tensor) {
    self.transitions = transitions
    self.starts = starts
    self.ends = ends
  }
}

/// The negative log-likelihood of each sequence of labels under a linear-chain conditional random
/// field, in nats.
///
/// - Parameters:
///   - emissions: The score of each label at each element, Float32 or BFloat16.
///   - labels: The label of each element, Int32.
///   - scores: Of neighbours, firsts and lasts.
/// - Returns: −ln P(labels | emissions), unreduced, computed in log space; 0 for a sequence without
///   elements, and ∞ where the labels are forbidden.
/// - Shapes: emissions [N, L] over B sequences, labels [N] → [B]
/// - Source: Lafferty et al. 2001; over the states of a network, Collobert et al. 2011.
public func chainLoss(_ emissions: Sequences, labels: Tensor, _ scores: ChainScores) -> Tensor {
  let pass = ChainPass(emissions, scores, "chainLoss")
  requireShape(labels, [emissions.elementCount], "chainLoss: labels")
  requireIds(labels, below: pass.tagCount, "chainLoss")
  let sums = Tensor(undefined: pass.paddedShape, .float32)
  let states = Tensor(undefined: pass.paddedShape, .float32)
  let lasts = Tensor(undefined: [emissions.count], .float32)
  let losses = Tensor(undefined: [emissions.count], .float32)
  pass.run {
    apus_chain_losses($0, labels.ints, sums.floats, states.floats, lasts.floats, losses.floats)
  }
  let inputs = [emissions.values, scores.transitions, scores.starts, scores.ends]
  return losses.recorded("chainLoss", from: inputs) { gradient in
    let gradient = gradient.converted(to: .float32)
    let outputs = [
      pass.emissions, scores.transitions, scores.starts, scores.ends,
    ].map { Tensor(undefined: $0.shape, .float32) }
    pass.run { chain in
      let marginals = Tensor(undefined: pass.paddedShape, .float32)
      let parts = Tensor(
        undefined: [Int(apus_chain_parts(chain)), pass.tagCount + 2, pass.paddedShape[1]], .float32)
      apus_chain_gradients(
        chain, labels.ints, sums.floats, states.floats, lasts.floats, gradient.floats,
        marginals.floats, parts.floats, outputs[0].floats, outputs[1].floats, outputs[2].floats,
        outputs[3].floats)
      withExtendedLifetime((marginals, parts, gradient, labels)) {}
    }
    return [.dense(outputs[0].converted(to: emissions.values.type))]
      + outputs.dropFirst().map(Gradient.dense)
  }
}

/// The sequence of labels of the highest score in a linear-chain conditional random field.
///
/// - Parameters:
///   - emissions: The score of each label at each element, Float32 or BFloat16.
///   - scores: Of neighbours, firsts and lasts.
/// - Returns: The label of each element, Int32, the lower one where two are equal; and the score of
///   each sequence, 0 for one without elements.
/// - Shapes: emissions [N, L] over B sequences → [N] and [B]
/// - Source: Viterbi 1967.
public func bestLabels(
  _ emissions: Sequences, _ scores: ChainScores
) -> (labels: Tensor, scores: Tensor) {
  let pass = ChainPass(emissions, scores, "bestLabels")
  let columns = pass.paddedShape[1]
  let labels = Tensor(undefined: [emissions.elementCount], .int32)
  let totals = Tensor(undefined: [emissions.count], .float32)
  pass.run { chain in
    let sources = Tensor(undefined: pass.paddedShape, .int32)
    let states = Tensor(undefined: [2 * emissions.count, columns], .float32)
    apus_chain_best(chain, sources.ints, states.floats, labels.ints, totals.floats)
    withExtendedLifetime((sources, states)) {}
  }
  return (labels, totals)
}

/// The operands of the kernels.
private struct ChainPass {
  let emissions, transitions, starts, ends: Tensor
  let offsets: [Int64]

  init(_ emissions: Sequences, _ scores: ChainScores, _ operation: String) {
    let count = emissions.values.columnCount
    precondition(
      emissions.values.rank == 2 && emissions.values.type.isFloatingPoint && count > 0,
      "\(operation): expected [N, L] emissions, got \(emissions.values.type) "
        + "\(emissions.values.shape)")
    for (tensor, shape) in [
      (scores.transitions, [count, count]), (scores.starts, [count]), (scores.ends, [count]),
    ] {
      precondition(
        tensor.type == .float32 && tensor.shape == shape,
        "\(operation): expected float32 scores \(shape), got \(tensor.type) \(tensor.shape)")
    }
    self.emissions = emissions.values.detached.converted(to: .float32)
    transitions = Self.padded(scores.transitions)
    starts = scores.starts.detached
    ends = scores.ends.detached
    offsets = emissions.offsets.map(Int64.init)
  }

  var tagCount: Int { starts.count }
  var paddedShape: [Int] { [emissions.rowCount, transitions.columnCount] }

  /// Rows that are filled up with −∞ to whole vectors.
  private static func padded(_ matrix: Tensor) -> Tensor {
    let lanes = Int(APUS_TAG_LANES)
    let count = matrix.columnCount
    let columns = (count + lanes - 1) / lanes * lanes
    let result = Tensor.filled(-.infinity, [count, columns])
    for row in 0..<count {
      (result.floats + row * columns).update(from: matrix.floats + row * count, count: count)
    }
    withExtendedLifetime(matrix) {}
    return result
  }

  func run(_ body: (UnsafePointer<apus_chain>) -> Void) {
    offsets.withUnsafeBufferPointer { offsets in
      var chain = apus_chain(
        sequences: Int64(offsets.count - 1), offsets: offsets.baseAddress, tags: Int64(tagCount),
        columns: Int64(transitions.columnCount), transitions: transitions.floats,
        starts: starts.floats, ends: ends.floats, emissions: emissions.floats)
      body(&chain)
    }
  }
}
