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

/// Attributes an output to the elements of a sequence: gradients along the straight way from a
/// baseline to the input, times the way.
///
/// - Parameters:
///   - input: The vectors of one sequence, [T, C], Float32.
///   - baseline: The same for a sequence without evidence, [T, C].
///   - stepCount: The places on the way at which gradients are taken, in the middle of equal parts.
///   - output: A differentiable function of B sequences of T elements, such as a class's logit:
///     [N, C] → [B], each value of its own sequence alone.
/// - Returns: A score for each of the T elements: the sum over its C values.
/// - Source: Sundararajan et al. 2017, "Axiomatic Attribution for Deep Networks", eq. 1 and 3.
public func integratedGradients(
  of input: Tensor, from baseline: Tensor, stepCount: Int = 64, _ output: (Sequences) -> Tensor
) -> Attribution {
  precondition(
    input.rank == 2 && input.shape == baseline.shape && stepCount > 0,
    "integratedGradients: expected two [T, C] and a step, got \(input.shape), \(baseline.shape)")
  let (start, end) = (baseline.floatElements, input.floatElements)
  let way = zip(end, start).map { $0 - $1 }
  let (length, size) = (input.rowCount, input.columnCount)
  func points(_ shares: [Float]) -> Tensor {
    let values = shares.flatMap { share in zip(start, way).map { $0 + share * $1 } }
    return Tensor(values).reshaped([shares.count * length, size])
  }
  func outputs(_ points: Tensor, _ count: Int) -> Tensor {
    output(Sequences(points, lengths: Array(repeating: length, count: count)))
  }
  let ends = withoutGradients { outputs(points([1, 0]), 2).floatElements }
  var sums = [Float](repeating: 0, count: way.count)
  for first in stride(from: 0, to: stepCount, by: stepsAtOnce) {
    let steps = first..<min(first + stepsAtOnce, stepCount)
    let points = points(steps.map { (Float($0) + 0.5) / Float(stepCount) }).tracked
    let gradient = outputs(points, steps.count).sum().gradients(of: [points])[0].floatElements
    for (index, value) in gradient.enumerated() { sums[index % way.count] += value }
  }
  let scores = (0..<length).map { element in
    (element * size..<(element + 1) * size).reduce(Float(0)) {
      $0 + sums[$1] * way[$1] / Float(stepCount)
    }
  }
  return Attribution(scores: scores, output: ends[0], baselineOutput: ends[1])
}

/// Places on the way that go through a model together.
private let stepsAtOnce = 16

extension Encoder {
  /// Attributes an output of an encoder's states to the tokens of one sequence.
  ///
  /// - Parameters:
  ///   - ids: The tokens.
  ///   - baseline: As many tokens without evidence, such as those of the input with a mask in place of
  ///     all but the special ones, whose score is then 0.
  ///   - segments: The segment of each token; nil if all are in the first.
  ///   - stepCount: The places on the way from the baseline.
  ///   - output: A function of the states of B sequences, such as a class's logit: [N, C] → [B].
  /// - Returns: A score for each token.
  public func attribution(
    of ids: [Int32], from baseline: [Int32], segments: [Int32]? = nil, stepCount: Int = 64,
    _ output: (Sequences) -> Tensor
  ) -> Attribution {
    precondition(ids.count == baseline.count, "attribution: expected tokens of the same count")
    let mode = Mode.evaluation()
    func embedded(_ ids: [Int32]) -> Tensor {
      withoutGradients {
        self.embedded(Sequences(ids: [ids]), segments: segments.map { Tensor($0) }, mode).values
      }
    }
    return integratedGradients(
      of: embedded(ids), from: embedded(baseline), stepCount: stepCount
    ) { output(stack($0, mode)) }
  }
}
