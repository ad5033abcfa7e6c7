/// How far the confidences of predictions are those that come true.
///
/// - Source: the expected calibration error of Naeini et al. 2015, with the bins of Guo et al. 2017.
public struct CalibrationScore: Sendable, Equatable {
  /// Predictions of like confidence: a point of the reliability curve.
  public struct Bin: Sendable, Equatable {
    public fileprivate(set) var count = 0
    fileprivate var rightCount = 0
    fileprivate var confidences = 0.0

    /// The mean confidence; 0 for an empty bin.
    public var confidence: Double { count == 0 ? 0 : confidences / Double(count) }
    /// The share that is right; 0 for an empty bin.
    public var accuracy: Double { share(rightCount, of: count) }
  }

  /// Bins of equal width over 0...1, each with its upper end and without its lower one.
  public private(set) var bins: [Bin]

  public init(binCount: Int = 15) {
    precondition(binCount > 0, "CalibrationScore: expected a positive count of bins")
    bins = Array(repeating: Bin(), count: binCount)
  }

  /// Counts a prediction.
  ///
  /// - Parameters:
  ///   - confidence: The probability of what was predicted; one that is not a number counts as 0.
  ///   - isRight: Whether it came true.
  public mutating func add(confidence: Double, isRight: Bool) {
    let confidence = confidence.isNaN ? 0 : min(max(confidence, 0), 1)
    let index = max(0, Int((confidence * Double(bins.count)).rounded(.up)) - 1)
    bins[index].count += 1
    bins[index].rightCount += isRight ? 1 : 0
    bins[index].confidences += confidence
  }

  /// The mean distance of confidence and accuracy over the bins, by their counts; 0 without
  /// predictions.
  public var expectedError: Double {
    let count = bins.reduce(0) { $0 + $1.count }
    let sum = bins.reduce(0) { $0 + Double($1.count) * abs($1.accuracy - $1.confidence) }
    return count == 0 ? 0 : sum / Double(count)
  }
}

/// The mean squared distance of probabilities from what came true.
///
/// Over two classes it is halved, so that it is (p − y)² of the second class: as scikit-learn does.
///
/// - Parameters:
///   - probabilities: Of each example, a probability for each class.
///   - labels: The class of each example.
/// - Returns: 0 for the best; 0 without examples.
/// - Source: Brier 1950.
public func brierScore(probabilities: [[Float]], labels: [Int]) -> Double {
  precondition(
    probabilities.count == labels.count,
    "brierScore: expected \(probabilities.count) labels, got \(labels.count)")
  let sum = zip(probabilities, labels).reduce(0.0) { sum, example in
    example.0.enumerated().reduce(sum) {
      let distance = Double($1.element) - ($1.offset == example.1 ? 1 : 0)
      return $0 + distance * distance
    }
  }
  let scale = probabilities.first?.count == 2 ? 0.5 : 1
  return labels.isEmpty ? 0 : scale * sum / Double(labels.count)
}
