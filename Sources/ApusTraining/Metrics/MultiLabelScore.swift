/// How well predicted sets of labels agree with the true ones.
///
/// Where nothing is expected and nothing predicted, F1 is 0, as scikit-learn has it by default.
public struct MultiLabelScore: Sendable, Equatable {
  /// The decisions on one label.
  public struct Counts: Sendable, Equatable {
    public fileprivate(set) var right = 0
    public fileprivate(set) var predicted = 0
    public fileprivate(set) var expected = 0

    public var precision: Double { share(right, of: predicted) }
    public var recall: Double { share(right, of: expected) }
    public var f1: Double { share(2 * right, of: predicted + expected) }
  }

  /// The decisions on each label.
  public private(set) var labels: [Counts]
  public private(set) var textCount = 0
  private var exactCount = 0
  private var sampleSum = 0.0

  public init(labelCount: Int) { labels = Array(repeating: Counts(), count: labelCount) }

  /// Counts a text, with whether each label is expected and predicted.
  public mutating func add(expected: [Bool], predicted: [Bool]) {
    precondition(
      expected.count == labels.count && predicted.count == labels.count,
      "MultiLabelScore: expected \(labels.count) decisions, got \(expected.count), \(predicted.count)"
    )
    var sample = Counts()
    for index in labels.indices {
      labels[index].count(expected[index], predicted[index])
      sample.count(expected[index], predicted[index])
    }
    textCount += 1
    exactCount += expected == predicted ? 1 : 0
    sampleSum += sample.f1
  }

  /// The mean F1 of the labels, those that never occur included.
  public var macroF1: Double {
    labels.isEmpty ? 0 : labels.reduce(0) { $0 + $1.f1 } / Double(labels.count)
  }

  /// The F1 of all decisions counted together.
  public var microF1: Double {
    share(
      2 * labels.reduce(0) { $0 + $1.right },
      of: labels.reduce(0) { $0 + $1.predicted + $1.expected })
  }

  /// The mean F1 of the texts' sets.
  public var sampleF1: Double { textCount == 0 ? 0 : sampleSum / Double(textCount) }

  /// The share of texts whose set is right as a whole.
  public var subsetAccuracy: Double { share(exactCount, of: textCount) }
}

extension MultiLabelScore.Counts {
  fileprivate mutating func count(_ isExpected: Bool, _ isPredicted: Bool) {
    right += isExpected && isPredicted ? 1 : 0
    predicted += isPredicted ? 1 : 0
    expected += isExpected ? 1 : 0
  }
}
