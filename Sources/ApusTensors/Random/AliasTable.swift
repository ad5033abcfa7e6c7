/// Draws numbers with given probabilities, each for one random word.
///
/// A draw times the number of buckets picks a bucket by its upper half; the lower half decides
/// between the bucket's own number and the one that fills it up.
///
/// - Source: Walker 1977; the construction of Vose, IEEE Transactions on Software Engineering 1991.
public struct AliasTable: Sendable {
  /// The number of numbers.
  public var count: Int { aliases.count }
  /// A draw below the threshold gives the bucket's own number.
  let thresholds: [UInt32]
  let aliases: [Int32]

  /// - Parameter weights: Finite, not negative and not all 0; probabilities are their shares.
  public init(_ weights: [Double]) {
    let total = weights.reduce(0, +)
    precondition(
      total > 0 && total.isFinite && weights.allSatisfy { $0 >= 0 },
      "AliasTable: expected weights that are not negative and not all 0")
    var shares = weights.map { $0 / total * Double(weights.count) }
    var thresholds = [UInt32](repeating: .max, count: weights.count)
    var aliases = weights.indices.map(Int32.init)
    var small = shares.indices.filter { shares[$0] < 1 }
    var large = shares.indices.filter { shares[$0] >= 1 }
    while let bucket = small.last, let filler = large.last {
      small.removeLast()
      thresholds[bucket] = UInt32(shares[bucket] * 0x1p32)
      aliases[bucket] = Int32(filler)
      shares[filler] -= 1 - shares[bucket]
      if shares[filler] < 1 {
        large.removeLast()
        small.append(filler)
      }
    }
    // What rounding leaves in either list has a share of 1, but numbers that must never come.
    if let likeliest = weights.indices.max(by: { weights[$0] < weights[$1] }) {
      for bucket in small where weights[bucket] == 0 {
        (thresholds[bucket], aliases[bucket]) = (0, Int32(likeliest))
      }
    }
    self.thresholds = thresholds
    self.aliases = aliases
  }

  /// The number that a random word gives.
  public func number(for draw: UInt32) -> Int {
    let product = UInt64(draw) * UInt64(count)
    let bucket = Int(product >> 32)
    return UInt32(truncatingIfNeeded: product) < thresholds[bucket] ? bucket : Int(aliases[bucket])
  }
}
