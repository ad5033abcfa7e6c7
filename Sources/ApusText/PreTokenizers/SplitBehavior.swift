/// What becomes of the matches of a pattern that cuts text.
public enum SplitBehavior: String, Sendable, CaseIterable {
  /// They are dropped.
  case removed = "Removed"
  /// Each is a piece of its own.
  case isolated = "Isolated"
  /// A match belongs to what stands before it, unless that is a match.
  case mergedWithPrevious = "MergedWithPrevious"
  /// A match belongs to what stands behind it, unless that is a match.
  case mergedWithNext = "MergedWithNext"
  /// Neighbouring matches are one piece.
  case contiguous = "Contiguous"
}

/// Makes pieces of matches and of what stands between them.
struct PieceCollector {
  private let behavior: SplitBehavior
  private var pieces: [Range<Int>] = []
  /// The index of the first piece that this collector made.
  private let first: Int
  private var followsMatch = false
  /// A match that may belong to what comes next.
  private var held: Range<Int>?

  /// Takes over the pieces that are there already, until `finish`.
  init(_ behavior: SplitBehavior, after pieces: inout [Range<Int>]) {
    self.behavior = behavior
    swap(&self.pieces, &pieces)
    first = self.pieces.count
  }

  mutating func add(_ range: Range<Int>, isMatch: Bool) {
    guard !range.isEmpty else { return }
    switch behavior {
    case .removed: if !isMatch { pieces.append(range) }
    case .isolated: pieces.append(range)
    case .contiguous: append(range, joining: isMatch == followsMatch)
    case .mergedWithPrevious: append(range, joining: isMatch && !followsMatch)
    case .mergedWithNext:
      if isMatch {
        if let held { pieces.append(held) }
        held = range
      } else {
        pieces.append((held?.lowerBound ?? range.lowerBound)..<range.upperBound)
        held = nil
      }
    }
    followsMatch = isMatch
  }

  private mutating func append(_ range: Range<Int>, joining: Bool) {
    if joining, pieces.count > first {
      pieces[pieces.count - 1] = pieces[pieces.count - 1].lowerBound..<range.upperBound
    } else {
      pieces.append(range)
    }
  }

  /// Gives the pieces back.
  mutating func finish(into pieces: inout [Range<Int>]) {
    if let held { self.pieces.append(held) }
    swap(&self.pieces, &pieces)
  }
}

extension PieceCollector {
  /// Cuts text at the scalars of some class, each of them a match.
  static func split(
    _ text: UnsafeBufferPointer<UInt8>, at matching: ScalarClass, _ behavior: SplitBehavior,
    into pieces: inout [Range<Int>]
  ) {
    let classes = ScalarClasses.shared
    var collector = PieceCollector(behavior, after: &pieces)
    var start = 0
    var index = 0
    while index < text.count {
      let (value, end) = scalar(at: index, in: text)
      if !classes[value].isDisjoint(with: matching) {
        collector.add(start..<index, isMatch: false)
        collector.add(index..<end, isMatch: true)
        start = end
      }
      index = end
    }
    collector.add(start..<index, isMatch: false)
    collector.finish(into: &pieces)
  }
}
