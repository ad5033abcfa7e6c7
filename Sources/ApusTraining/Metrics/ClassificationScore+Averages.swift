/// Means over the classes, as scikit-learn takes them: of the classes that texts have or were given,
/// where all classes that the model does not know are one more, of F1 0.
extension ClassificationScore {
  /// The mean F1 in which each class counts alike.
  public var macroF1: Double { mean(f1) }

  public var macroPrecision: Double { mean(precision) }
  public var macroRecall: Double { mean(recall) }

  /// The mean F1 in which each class counts as often as texts have it.
  public var weightedF1: Double {
    let sum = (0..<classCount).reduce(0) { $0 + Double(expectedCount(of: $1)) * f1(of: $1) }
    return textCount == 0 ? 0 : sum / Double(textCount)
  }

  /// The F1 of all decisions counted together, which is the accuracy where a text has one class.
  public var microF1: Double { accuracy }

  private func mean(_ value: (Int) -> Double) -> Double {
    let occurring = (0..<classCount).filter {
      expectedCount(of: $0) + predictedCount(of: $0) > 0
    }
    let count = occurring.count + (unknownCount > 0 ? 1 : 0)
    return count == 0 ? 0 : occurring.reduce(0) { $0 + value($1) } / Double(count)
  }
}
