/// How well predicted tags agree with those of people.
public struct TaggingScore: Sendable, Hashable {
  /// Entities of one type or of all.
  public struct Counts: Sendable, Hashable {
    /// In the data, in the prediction, and in both with the same words and type.
    public var expected = 0, predicted = 0, correct = 0

    /// The share of predicted entities that are correct; 0 where there are none.
    public var precision: Double { Self.share(correct, predicted) }
    /// The share of the data's entities that were found; 0 where there are none.
    public var recall: Double { Self.share(correct, expected) }
    /// The harmonic mean of precision and recall.
    public var f1: Double { Self.share(2 * correct, expected + predicted) }

    private static func share(_ part: Int, _ whole: Int) -> Double {
      whole == 0 ? 0 : Double(part) / Double(whole)
    }
  }

  public private(set) var types: [String: Counts] = [:]
  public private(set) var wordCount = 0
  public private(set) var correctWordCount = 0

  public init() {}

  /// Counts a sentence.
  ///
  /// Entities are counted as `conlleval` does, in whatever scheme either has; words by whether both
  /// tags are the same text.
  public mutating func add(predicted: [String], expected: [String]) {
    precondition(
      predicted.count == expected.count,
      "TaggingScore: expected \(expected.count) tags, got \(predicted.count)")
    wordCount += expected.count
    correctWordCount += zip(predicted, expected).count(where: ==)
    let found = Entity.all(in: predicted)
    let known = Set(Entity.all(in: expected))
    for entity in known { types[entity.type, default: Counts()].expected += 1 }
    for entity in found {
      types[entity.type, default: Counts()].predicted += 1
      if known.contains(entity) { types[entity.type, default: Counts()].correct += 1 }
    }
  }

  /// The entities of all types.
  public var all: Counts {
    types.values.reduce(into: Counts()) { sum, counts in
      sum.expected += counts.expected
      sum.predicted += counts.predicted
      sum.correct += counts.correct
    }
  }

  /// The share of words with the right tag; 0 where there are none.
  public var accuracy: Double {
    wordCount == 0 ? 0 : Double(correctWordCount) / Double(wordCount)
  }
}
