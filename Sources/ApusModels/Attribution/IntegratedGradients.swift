import ApusLayers
import ApusTensors

/// How much each element of a sequence has to do with an output.
public struct Attribution: Sendable, Equatable {
  /// Of each element, in units of the output; above 0 for what speaks for it.
  public let scores: [Float]
  /// The output for the input, and for the baseline, which holds no evidence.
  public let output, baselineOutput: Float

  /// How far the sum of the scores is from the difference of the outputs, which it is in the limit of
  /// many steps.
  public var error: Float { abs(scores.reduce(0, +) - (output - baselineOutput)) }
}

extension Attribution {
  /// The sums of scores of elements that belong together.
  ///
  /// - Parameters:
  ///   - owners: What each element belongs to; nil for one whose score is 0.
  ///   - count: How many there are that elements belong to.
  /// - Returns: A score for each of those.
  func summed(over owners: [Int?], count: Int) -> Attribution {
    var sums = [Float](repeating: 0, count: count)
    for case (let owner?, let score) in zip(owners, scores) { sums[owner] += score }
    return Attribution(scores: sums, output: output, baselineOutput: baselineOutput)
  }
}

/// Attributes an output to the elements of a sequence: gradients along the straight way from a
/// baseline to the input, times the way.
///
/// - Parameters:
///   - inputs: The vectors of one sequence, [T, C], Float32; several where they enter in parts.
///   - baselines: The same for a sequence without evidence.
///   - stepCount: The places on the way at which gradients are taken, in the middle of equal parts.
///   - output: A differentiable function of B sequences of T elements, such as a class's logit:
///     [N, C] each → [B], each value of its own sequence alone.
/// - Returns: A score for each of the T elements, those of all parts one behind the other: the sum over
///   its C values.
/// - Source: Sundararajan et al. 2017, "Axiomatic Attribution for Deep Networks", eq. 1 and 3.
public func integratedGradients(
  of inputs: [Tensor], from baselines: [Tensor], stepCount: Int = 64,
  _ output: ([Sequences]) -> Tensor
) -> Attribution {
  precondition(
    !inputs.isEmpty && inputs.allSatisfy { $0.rank == 2 } && stepCount > 0
      && inputs.map(\.shape) == baselines.map(\.shape),
    "integratedGradients: expected [T, C] of equal shapes and a step, got "
      + "\(inputs.map(\.shape)), \(baselines.map(\.shape))")
  let ways = zip(inputs, baselines).map { Way(from: $1, to: $0) }
  let ends = withoutGradients { output(ways.map { $0.points([1, 0]) }).floatElements }
  var sums = ways.map { [Float](repeating: 0, count: $0.step.count) }
  for first in stride(from: 0, to: stepCount, by: stepsAtOnce) {
    let shares = (first..<min(first + stepsAtOnce, stepCount)).map {
      (Float($0) + 0.5) / Float(stepCount)
    }
    let points = ways.map { $0.points(shares).map(\.tracked) }
    let gradients = output(points).sum().gradients(of: points.map(\.values))
    for (part, gradient) in gradients.enumerated() {
      for (index, value) in gradient.floatElements.enumerated() {
        sums[part][index % sums[part].count] += value
      }
    }
  }
  let scores = zip(ways, sums).flatMap { way, sums in
    stride(from: 0, to: sums.count, by: way.size).map { start in
      (start..<start + way.size).reduce(Float(0)) {
        $0 + sums[$1] * way.step[$1] / Float(stepCount)
      }
    }
  }
  return Attribution(scores: scores, output: ends[0], baselineOutput: ends[1])
}

/// Places on the way that go through a model together.
private let stepsAtOnce = 16

/// The straight way from a baseline to an input.
private struct Way {
  let start, step: [Float]
  let length, size: Int

  init(from baseline: Tensor, to input: Tensor) {
    start = baseline.floatElements
    step = zip(input.floatElements, start).map { $0 - $1 }
    (length, size) = (input.rowCount, input.columnCount)
  }

  /// A sequence for each share of the way that is gone.
  func points(_ shares: [Float]) -> Sequences {
    let values = shares.flatMap { share in zip(start, step).map { $0 + share * $1 } }
    return Sequences(
      Tensor(values).reshaped([shares.count * length, size]), lengths: shares.map { _ in length })
  }
}
