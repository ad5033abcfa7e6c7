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

  private var classCount: Int { counts.count - 1 }

  public var textCount: Int { counts.reduce(0) { $0 + $1.reduce(0, +) } }
  /// Texts of classes that the model does not know, which can't be right.
  public var unknownCount: Int { counts[classCount].reduce(0, +) }

  /// The share of texts whose class was predicted.
  public var accuracy: Double {
    let right = (0..<classCount).reduce(0) { $0 + counts[$1][$1] }
    return textCount == 0 ? 0 : Double(right) / Double(textCount)
  }

  /// The harmonic mean of precision and recall of a class; 0 if it never occurs on either side.
  public func f1(of index: Int) -> Double {
    let found = counts.reduce(0) { $0 + $1[index] }
    let real = counts[index].reduce(0, +)
    return found + real == 0 ? 0 : 2 * Double(counts[index][index]) / Double(found + real)
  }

  /// The mean F1 of the classes that texts have or were given, as that of scikit-learn.
  ///
  /// Each class counts alike; all unknown ones are one, of F1 0.
  public var macroF1: Double {
    let occurring = (0..<classCount).filter { index in
      counts.contains { $0[index] > 0 } || counts[index].contains { $0 > 0 }
    }
    let count = occurring.count + (unknownCount > 0 ? 1 : 0)
    return count == 0 ? 0 : occurring.reduce(0) { $0 + f1(of: $1) } / Double(count)
  }
}
