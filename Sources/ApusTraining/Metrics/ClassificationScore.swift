/// How well predicted classes agree with the true ones.
public struct ClassificationScore: Sendable, Equatable {
  /// How often each class was predicted for texts of each true class: [true][predicted].
  ///
  /// Behind the classes that a model knows, a row stands for all others.
  public private(set) var counts: [[Int]]
  /// The mean loss of texts whose class the model knows, in nats.
  public internal(set) var loss = 0.0

  public init(classCount: Int) {
    counts = Array(repeating: Array(repeating: 0, count: classCount), count: classCount + 1)
  }

  /// Counts a text; nil stands for a class that the model does not know.
  public mutating func add(expected: Int?, predicted: Int) {
    counts[expected ?? counts.count - 1][predicted] += 1
  }

  var classCount: Int { counts.count - 1 }

  public var textCount: Int { counts.reduce(0) { $0 + $1.reduce(0, +) } }
  /// Texts of classes that the model does not know, which can't be right.
  public var unknownCount: Int { counts[classCount].reduce(0, +) }

  var rightCount: Int { (0..<classCount).reduce(0) { $0 + counts[$1][$1] } }

  /// The texts that are of a class.
  func expectedCount(of index: Int) -> Int { counts[index].reduce(0, +) }

  /// The texts that were given a class.
  func predictedCount(of index: Int) -> Int { counts.reduce(0) { $0 + $1[index] } }

  /// The share of texts whose class was predicted.
  public var accuracy: Double { share(rightCount, of: textCount) }

  /// The share of the texts that were given a class that are of it; 0 if there are none.
  public func precision(of index: Int) -> Double {
    share(counts[index][index], of: predictedCount(of: index))
  }

  /// The share of the texts of a class that were given it; 0 if there are none.
  public func recall(of index: Int) -> Double {
    share(counts[index][index], of: expectedCount(of: index))
  }

  /// The harmonic mean of precision and recall of a class; 0 if it never occurs on either side.
  public func f1(of index: Int) -> Double {
    share(2 * counts[index][index], of: predictedCount(of: index) + expectedCount(of: index))
  }
}

/// A share of a count; of nothing, 0.
func share(_ part: Int, of whole: Int) -> Double { whole == 0 ? 0 : Double(part) / Double(whole) }
