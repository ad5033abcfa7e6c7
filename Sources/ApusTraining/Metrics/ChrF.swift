/// The agreement of translations with references in n-grams of characters, from 0 to 100.
///
/// The figure is sacrebleu's chrF2: precision and recall of one to six Unicode scalars without white
/// space, counted over the corpus and averaged over the orders, recall with twice the weight.
///
/// - Source: Popović 2015.
public struct ChrF: Sendable {
  private static let order = 6
  /// Recall counts β² times as much as precision.
  private static let beta = 2.0

  private struct Counts {
    var translation = 0
    var reference = 0
    var match = 0
  }

  private var counts = [Counts](repeating: Counts(), count: order)

  public init() {}

  /// Counts a translation beside the reference that it agrees with best.
  public mutating func add(_ translation: String, references: [String]) {
    let grams = Self.grams(translation)
    let each = references.map { Self.counts(grams, Self.grams($0)) }
    guard var best = each.first else {
      preconditionFailure("ChrF: expected a reference, got none")
    }
    for other in each.dropFirst() where Self.score(other) > Self.score(best) { best = other }
    for index in counts.indices {
      counts[index].translation += best[index].translation
      counts[index].reference += best[index].reference
      counts[index].match += best[index].match
    }
  }

  public var score: Double { Self.score(counts) }

  /// The n-grams of each order and how often they come; 21 bits a scalar.
  private static func grams(_ line: String) -> [[UInt128: Int]] {
    let scalars = line.unicodeScalars.filter { !$0.isBlank }.map { UInt128($0.value) }
    return (1...order).map { size in
      let mask = (UInt128(1) << UInt128(21 * size)) - 1
      var (gram, counts): (UInt128, [UInt128: Int]) = (0, [:])
      for (index, scalar) in scalars.enumerated() {
        gram = (gram << 21 | scalar) & mask
        if index + 1 >= size { counts[gram, default: 0] += 1 }
      }
      return counts
    }
  }

  private static func counts(
    _ translation: [[UInt128: Int]], _ reference: [[UInt128: Int]]
  ) -> [Counts] {
    zip(translation, reference).map { translation, reference in
      Counts(
        // Without n-grams of the order in the reference those of the translation don't count.
        translation: reference.isEmpty ? 0 : translation.values.reduce(0, +),
        reference: reference.values.reduce(0, +),
        match: translation.reduce(0) { $0 + min($1.value, reference[$1.key] ?? 0) })
    }
  }

  private static func score(_ counts: [Counts]) -> Double {
    let used = counts.filter { $0.translation > 0 && $0.reference > 0 }
    guard !used.isEmpty else { return 0 }
    func mean(_ share: (Counts) -> Double) -> Double {
      used.reduce(0) { $0 + share($1) } / Double(used.count)
    }
    let precision = mean { Double($0.match) / Double($0.translation) }
    let recall = mean { Double($0.match) / Double($0.reference) }
    guard precision + recall > 0 else { return 0 }
    let weight = beta * beta
    return 100 * (1 + weight) * precision * recall / (weight * precision + recall)
  }
}
