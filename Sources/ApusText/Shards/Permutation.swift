/// A shuffle of 0..<count that needs no list: a keyed one-to-one map.
///
/// A Feistel network permutes the smallest power of four that is not below `count`; what falls
/// outside is mapped again until it falls inside. Every element can be had without the ones before
/// it, so that a pass over data resumes anywhere.
///
/// - Source: Luby & Rackoff 1988; cycle walking from Black & Rogaway 2002, §3.
public struct Permutation: Sendable {
  public let count: Int
  private let halfBits: UInt64
  private let roundKeys: [UInt64]

  /// - Parameters:
  ///   - count: The number of elements.
  ///   - key: Decides the order, with every bit; for shuffles of epochs, a hash of seed and epoch.
  public init(count: Int, key: UInt64) {
    precondition(count >= 0, "Permutation: expected a count of at least 0, got \(count)")
    self.count = count
    var halfBits: UInt64 = 1
    while halfBits < 31, 1 << (2 * halfBits) < UInt64(count) { halfBits += 1 }
    precondition(UInt64(count) <= 1 << (2 * halfBits), "Permutation: more than 2⁶² elements")
    self.halfBits = halfBits
    // Small domains need more than the four rounds of the proof to look random.
    roundKeys = (0..<8).map { Self.mixed(key &+ 0x9E37_79B9_7F4A_7C15 &* ($0 + 1)) }
  }

  /// The element at a place of the shuffled order.
  public subscript(index: Int) -> Int {
    precondition(0..<count ~= index, "Permutation: index \(index) of \(count)")
    var value = UInt64(index)
    repeat { value = forward(value) } while value >= UInt64(count)
    return Int(value)
  }

  /// The place of an element in the shuffled order.
  public func index(of element: Int) -> Int {
    precondition(0..<count ~= element, "Permutation: element \(element) of \(count)")
    var value = UInt64(element)
    repeat { value = backward(value) } while value >= UInt64(count)
    return Int(value)
  }

  private func forward(_ value: UInt64) -> UInt64 {
    let mask = (1 << halfBits) - 1 as UInt64
    var (left, right) = (value >> halfBits, value & mask)
    for key in roundKeys { (left, right) = (right, left ^ Self.mixed(right ^ key) & mask) }
    return left << halfBits | right
  }

  private func backward(_ value: UInt64) -> UInt64 {
    let mask = (1 << halfBits) - 1 as UInt64
    var (left, right) = (value >> halfBits, value & mask)
    for key in roundKeys.reversed() {
      (left, right) = (right ^ Self.mixed(left ^ key) & mask, left)
    }
    return left << halfBits | right
  }

  /// The finaliser of SplitMix64 by Steele and others, 2014.
  private static func mixed(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
