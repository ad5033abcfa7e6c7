import Glibc

/// How far two series of numbers go together.
public enum Correlation {
  /// The correlation of values, from −1 to 1: the cosine of the series without their means.
  ///
  /// - Parameters:
  ///   - first: A series of finite numbers.
  ///   - second: One of the same length.
  /// - Returns: NaN for fewer than two values, or a series that never changes, as SciPy has it.
  /// - Source: Pearson 1895.
  public static func pearson(_ first: [Double], _ second: [Double]) -> Double {
    precondition(
      first.count == second.count,
      "Correlation: expected series of one length, got \(first.count) and \(second.count)")
    guard let first = unit(first), let second = unit(second) else { return .nan }
    return min(1, max(-1, zip(first, second).reduce(0) { $0 + $1.0 * $1.1 }))
  }

  /// The correlation of ranks, from −1 to 1; equal values share the mean of their ranks.
  ///
  /// - Parameters:
  ///   - first: A series of finite numbers.
  ///   - second: One of the same length.
  /// - Returns: NaN for fewer than two values, or a series that never changes, as SciPy has it.
  /// - Source: Spearman 1904.
  public static func spearman(_ first: [Double], _ second: [Double]) -> Double {
    pearson(ranks(first), ranks(second))
  }

  /// The place of each value in their order, from 1; equal values share the mean of their places.
  public static func ranks(_ values: [Double]) -> [Double] {
    let order = values.indices.sorted { values[$0] < values[$1] }
    var ranks = [Double](repeating: 0, count: values.count)
    var start = 0
    while start < order.count {
      var end = start + 1
      while end < order.count, values[order[end]] == values[order[start]] { end += 1 }
      // The places start + 1 … end have this mean.
      for place in start..<end { ranks[order[place]] = Double(start + 1 + end) / 2 }
      start = end
    }
    return ranks
  }

  /// The series without its mean, at length 1; nil if nothing is left of it.
  private static func unit(_ values: [Double]) -> [Double]? {
    // Rounding may leave something of a series that never changes.
    guard let first = values.first, values.contains(where: { $0 != first }) else { return nil }
    let mean = values.reduce(0) { $0 + $1 / Double(values.count) }
    let centred = values.map { $0 - mean }
    // Squares of large and small values would leave the numbers' range.
    let largest = centred.reduce(0) { max($0, abs($1)) }
    guard largest > 0 else { return nil }
    let length = sqrt(centred.reduce(0) { $0 + ($1 / largest) * ($1 / largest) })
    return centred.map { $0 / largest / length }
  }
}
