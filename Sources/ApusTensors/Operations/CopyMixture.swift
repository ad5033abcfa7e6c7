import Glibc

/// The cross-entropy of targets that are either written from a vocabulary or copied from a source.
///
/// The probability of a target is gate · P(target in the vocabulary) + (1 − gate) · Σ of the weights of
/// those elements of the source that are the target.
///
/// - Parameters:
///   - losses: −ln of each target's probability in the vocabulary.
///   - gates: The logarithm of the odds for the vocabulary.
///   - weights: Of the elements of its source for each row: a matrix with a row a target for each
///     sequence, one after the other.
///   - targets: Ids.
///   - sources: What id each element of a source is copied as.
///   - vocabularySize: Targets from this id on are none of the vocabulary; their `losses` count for
///     nothing.
/// - Returns: The loss of each row, in nats, Float32.
/// - Shapes: losses, gates, targets [N], sources [M] → [N]
/// - Source: See et al. 2017, §2.2.
public func copyMixture(
  _ losses: Tensor, gates: Tensor, weights: Tensor, targets: Sequences, sources: Sequences,
  vocabularySize: Int
) -> Tensor {
  requireShape(losses, [targets.elementCount], "copyMixture: losses")
  requireShape(gates, [targets.elementCount], "copyMixture: gates")
  precondition(
    targets.count == sources.count,
    "copyMixture: expected a source for each of \(targets.count) targets, got \(sources.count)")
  let rows = CopiedRows(targets: targets, sources: sources)
  requireShape(weights, [rows.weightCount], "copyMixture: weights")
  let terms = CopyTerms(
    rows, losses: losses.floatElements, gates: gates.floatElements,
    weights: weights.floatElements, vocabularySize: vocabularySize)
  let result = Tensor(terms.probabilities.map { Float(-log($0)) })
  return result.recorded("copyMixture", from: [losses, gates, weights]) { gradient in
    terms.gradients(gradient.floatElements).map { .dense(Tensor($0)) }
  }
}

/// Where the weights of each row stand, and which of them are for its target.
private struct CopiedRows {
  let targets: [Int32]
  /// Of each row, the places of the weights of what is its target.
  private(set) var matches: [[Int]] = []
  private(set) var weightCount = 0

  init(targets: Sequences, sources: Sequences) {
    self.targets = targets.values.elements(as: Int32.self)
    let ids = sources.values.elements(as: Int32.self)
    for sequence in 0..<targets.count {
      let source = ids[sources.offsets[sequence]..<sources.offsets[sequence + 1]]
      for row in targets.offsets[sequence]..<targets.offsets[sequence + 1] {
        let target = self.targets[row]
        matches.append(
          source.indices.filter { ids[$0] == target }.map { weightCount + $0 - source.startIndex })
        weightCount += source.count
      }
    }
  }
}

/// The parts of each row's probability, in Double, since they may be small.
private struct CopyTerms {
  private let rows: CopiedRows
  private let written, copied, gates: [Double]
  let probabilities: [Double]

  init(
    _ rows: CopiedRows, losses: [Float], gates: [Float], weights: [Float], vocabularySize: Int
  ) {
    let written = zip(rows.targets, losses).map {
      Int($0) < vocabularySize ? exp(-Double($1)) : 0
    }
    let copied = rows.matches.map { $0.reduce(0) { $0 + Double(weights[$1]) } }
    let shares = gates.map { 1 / (1 + exp(-Double($0))) }
    self.rows = rows
    (self.written, self.copied, self.gates) = (written, copied, shares)
    probabilities = shares.indices.map {
      // A target that can come neither way has a finite loss.
      max(shares[$0] * written[$0] + (1 - shares[$0]) * copied[$0], 1e-30)
    }
  }

  /// Those of losses, gates and weights.
  func gradients(_ gradient: [Float]) -> [[Float]] {
    var losses = [Float](repeating: 0, count: gates.count)
    var odds = losses
    var weights = [Float](repeating: 0, count: rows.weightCount)
    for (row, gate) in gates.enumerated() {
      let factor = Double(gradient[row]) / probabilities[row]
      losses[row] = Float(factor * gate * written[row])
      odds[row] = Float(-factor * gate * (1 - gate) * (written[row] - copied[row]))
      for place in rows.matches[row] { weights[place] = Float(-factor * (1 - gate)) }
    }
    return [losses, odds, weights]
  }
}
