extension ClassificationScore {
  /// The correlation of the predicted with the true classes, from −1 to 1: of two classes or more.
  ///
  /// It is 0 where all texts have, or were given, the same class, as in scikit-learn.
  ///
  /// - Source: Matthews 1975; for more than two classes R_K of Gorodkin 2004.
  public var matthews: Double {
    // The counts in Double: their products pass 2⁶³ with a few billion texts.
    let count = Double(textCount)
    let expected = (0...classCount).map { Double(counts[$0].reduce(0, +)) }
    let predicted = (0..<classCount).map { Double(predictedCount(of: $0)) } + [0]
    func product(_ a: [Double], _ b: [Double]) -> Double {
      zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
    }
    let covariance = Double(rightCount) * count - product(expected, predicted)
    let expectedVariance = count * count - product(expected, expected)
    let predictedVariance = count * count - product(predicted, predicted)
    let scale = expectedVariance.squareRoot() * predictedVariance.squareRoot()
    return scale == 0 ? 0 : covariance / scale
  }
}
