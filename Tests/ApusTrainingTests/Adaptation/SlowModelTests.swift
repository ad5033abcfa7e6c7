import ApusLayers
import ApusTensors
import Foundation
import Testing

@testable import ApusTraining

@Suite struct SlowModelTests {
  private static let inputs: [[Double]] = [[1, -0.5, 2], [0.3, 1.2, -1], [-2, 0.4, 0.1]]
  private static let slow: [Double] = [0.2, -0.4, 0.7, 0.5, 0.1, -0.3]
  private static let weights: [Double] = [0.6, 0.1, -0.2, -0.7, 0.9, 0.3]

  private static func logits(_ weights: [Double]) -> [[Double]] {
    inputs.map { x in
      (0..<2).map { row in (0..<3).reduce(0) { $0 + weights[row * 3 + $1] * x[$1] } }
    }
  }

  /// The mean symmetric divergence of a linear map's softmaxes from those of the slow weights, from its
  /// definition in Double.
  private static func divergence(_ weights: [Double]) -> Double {
    func probabilities(_ row: [Double]) -> [Double] {
      let powers = row.map { exp($0) }
      return powers.map { $0 / powers.reduce(0, +) }
    }
    let pairs = zip(logits(weights), logits(slow)).map { (probabilities($0), probabilities($1)) }
    let sums = pairs.map { p, q in
      zip(p, q).reduce(0) { $0 + $1.0 * log($1.0 / $1.1) + $1.1 * log($1.1 / $1.0) }
    }
    return sums.reduce(0, +) / Double(inputs.count)
  }

  /// The distance from slow answers and its slope are those of differences in Double; slow weights have no
  /// slope.
  @Test func distancesHaveTheSlopeOfDifferences() throws {
    func parameter(_ values: [Double]) -> Parameter {
      Parameter("weight", Tensor(values.map { Float($0) }, [2, 3]))
    }
    let (learning, slow) = (parameter(Self.weights), parameter(Self.slow))
    let input = Tensor(Self.inputs.joined().map { Float($0) }, [3, 3])
    func answers(_ weight: Parameter) -> SmoothAnswers {
      SmoothAnswers(
        linear(input, weight.value), .choice, shares: Array(repeating: 1 / Float(3), count: 3))
    }
    let distance = answers(learning).distance(
      to: withoutGradients { answers(slow) }, isLearning: true)
    #expect(abs(Double(distance.scalar) - Self.divergence(Self.weights)) < 1e-5)
    let gradients = distance.gradients(of: [learning, slow])
    #expect(gradients[slow] == nil)
    let found = try #require(gradients[learning]).floatElements
    for index in found.indices {
      let step = 1e-5
      let ends = [step, -step].map { change in
        var weights = Self.weights
        weights[index] += change
        return Self.divergence(weights)
      }
      let expected = (ends[0] - ends[1]) / (2 * step)
      #expect(abs(Double(found[index]) - expected) < 1e-4, "\(index)")
    }
  }

  /// After n steps a slow weight is the first one's share of decayⁿ, and each later one's of its step.
  @Test func weightsFollowSlowly() throws {
    let source = Parameter("weight", Tensor([1, -2] as [Float]))
    let frozen = Parameter("other", Tensor([3] as [Float]))
    frozen.isFrozen = true
    let own = [source, frozen].map { Parameter($0.name, Tensor($0.stored.floatElements)) }
    let slow = SlowModel((), own, following: [source, frozen], decay: 0.8)
    var expected = [1.0, -2.0]
    for step in 1...4 {
      let values = [Double(step), Double(step) * 0.5]
      source.update { $0 = Tensor(values.map { Float($0) }) }
      slow.follow()
      expected = zip(expected, values).map { 0.8 * $0 + 0.2 * $1 }
    }
    #expect(slow.state.map(\.name) == ["weight", "other"])
    for (found, expected) in zip(slow.state[0].value.floatElements, expected) {
      #expect(abs(Double(found) - expected) < 1e-5)
    }
    #expect(slow.state[1].value.floatElements == [3])
    try slow.restore { name, shape in
      Tensor([Float](repeating: name == "other" ? 5 : 7, count: shape[0]))
    }
    #expect(own[0].stored.floatElements == [7, 7] && own[1].stored.floatElements == [5])
  }
}
