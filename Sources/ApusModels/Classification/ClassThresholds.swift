import ApusFiles

/// What the probability of each class is divided by before the greatest is taken.
///
/// Of two classes, the second is told where its probability passes its threshold; equal thresholds
/// tell the most probable class.
public struct ClassThresholds: Sendable, Hashable {
  /// Positive, one a class, 1 together.
  public let values: [Float]

  /// Thresholds of these proportions.
  public init(_ values: [Float]) {
    let sum = values.reduce(0, +)
    precondition(
      values.allSatisfy { $0 > 0 } && sum.isFinite,
      "ClassThresholds: expected positive values, got \(values)")
    self.values = values.map { $0 / sum }
  }

  /// The class that the probabilities tell.
  public func decision(_ probabilities: some Collection<Float>) -> Int {
    precondition(
      probabilities.count == values.count,
      "ClassThresholds: expected \(values.count) probabilities, got \(probabilities.count)")
    return zip(probabilities, values).map { $0 / $1 }.firstGreatest
  }

  /// Those of `config.json`; nil where it has none.
  init?(_ json: JSONField, count: Int) throws {
    if json.isNull { return nil }
    let values = try json.array().map { try $0.positiveNumber() }
    guard values.count == count else {
      throw json.error(expected: "a number for each of \(count) labels")
    }
    // Numbers that are positive may be no Float, or too large together.
    guard values.allSatisfy({ $0 > 0 }), values.reduce(0, +).isFinite else {
      throw json.error(expected: "positive numbers that are not too small or large")
    }
    self.init(values)
  }

  var json: JSONValue { .array(values.map { .number(Double($0)) }) }
}
