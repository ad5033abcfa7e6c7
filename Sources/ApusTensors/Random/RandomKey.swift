import Glibc

/// What a random draw depends on: the seed of the run, the step and the name of who draws.
///
/// Two keys made from the same three values give the same numbers on every machine; keys that
/// differ in any of them give unrelated ones.
public struct RandomKey: Sendable, Hashable {
  /// The Philox key: a hash of seed and name.
  public let bits: UInt64
  /// The upper half of the Philox counter; the lower half counts the values of one draw.
  public let step: UInt64

  public init(seed: UInt64, step: Int = 0, name: String) {
    bits = Self.mixed(seed ^ Self.mixed(Self.hash(name)))
    self.step = UInt64(bitPattern: Int64(step))
  }

  private init(bits: UInt64, step: UInt64) {
    self.bits = bits
    self.step = step
  }

  /// An unrelated key for a part of the one who draws.
  public func split(_ name: String) -> RandomKey {
    RandomKey(bits: Self.mixed(bits ^ Self.mixed(Self.hash(name))), step: step)
  }

  /// An unrelated key for the part with a number.
  public func split(_ index: Int) -> RandomKey {
    RandomKey(
      bits: Self.mixed(bits &+ 0x9E37_79B9_7F4A_7C15 &* UInt64(bitPattern: Int64(index) &+ 1)),
      step: step)
  }

  /// The `index`-th block of four random words.
  public func block(_ index: UInt64) -> SIMD4<UInt32> {
    Philox.block(
      counter: SIMD4(
        UInt32(truncatingIfNeeded: index), UInt32(truncatingIfNeeded: index >> 32),
        UInt32(truncatingIfNeeded: step), UInt32(truncatingIfNeeded: step >> 32)),
      key: SIMD2(UInt32(truncatingIfNeeded: bits), UInt32(truncatingIfNeeded: bits >> 32)))
  }

  /// FNV-1a over the UTF-8 bytes: stable across runs, unlike Swift's own hashing.
  private static func hash(_ name: String) -> UInt64 {
    name.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
  }

  /// The finaliser of SplitMix64 of Steele et al., OOPSLA 2014: every bit reaches every bit.
  private static func mixed(_ value: UInt64) -> UInt64 {
    var z = value &+ 0x9E37_79B9_7F4A_7C15
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

/// The numbers under a key, drawn one after the other.
public struct RandomStream: RandomNumberGenerator, Sendable {
  private let key: RandomKey
  private var index: UInt64 = 0
  private var pending: UInt64?

  public init(_ key: RandomKey) { self.key = key }

  public mutating func next() -> UInt64 {
    if let value = pending {
      pending = nil
      return value
    }
    let block = key.block(index)
    index += 1
    pending = UInt64(block.z) | UInt64(block.w) << 32
    return UInt64(block.x) | UInt64(block.y) << 32
  }

  /// A number of [0, 1) with 53 random bits.
  public mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// A number of the standard normal distribution (Box & Muller 1958).
  public mutating func normal() -> Double {
    let radius = (-2 * log(1 - uniform())).squareRoot()
    return radius * cos(2 * .pi * uniform())
  }

  /// A number of 0..<count, each as likely as the others up to 2⁻⁶⁴ · count.
  public mutating func below(_ count: Int) -> Int {
    precondition(count > 0, "RandomStream.below: expected a positive count, got \(count)")
    return Int(next().multipliedFullWidth(by: UInt64(count)).high)
  }
}
