import Glibc

/// The generator of Python's `random` module, so that both sides of a comparison get one text.
///
/// - Source: Matsumoto & Nishimura 1998, with the seeding and the draws of CPython 3.11.
struct MersenneTwister {
  private static let size = 624
  private var state = [UInt32](repeating: 0, count: size)
  private var index = size

  /// The generator after `random.seed(seed)`.
  init(seed: UInt32) {
    state[0] = 19_650_218
    for place in 1..<Self.size { state[place] = 1_812_433_253 &* mixed(place - 1) &+ UInt32(place) }
    var place = 1
    for _ in 0..<Self.size {
      state[place] = (state[place] ^ mixed(place - 1) &* 1_664_525) &+ seed
      step(&place)
    }
    for _ in 0..<Self.size - 1 {
      state[place] = (state[place] ^ mixed(place - 1) &* 1_566_083_941) &- UInt32(place)
      step(&place)
    }
    state[0] = 0x8000_0000
  }

  private func mixed(_ place: Int) -> UInt32 { state[place] ^ state[place] >> 30 }

  private mutating func step(_ place: inout Int) {
    place += 1
    guard place == Self.size else { return }
    state[0] = state[Self.size - 1]
    place = 1
  }

  private mutating func next() -> UInt32 {
    if index == Self.size { refill() }
    var value = state[index]
    index += 1
    value ^= value >> 11
    value ^= value << 7 & 0x9D2C_5680
    value ^= value << 15 & 0xEFC6_0000
    return value ^ value >> 18
  }

  private mutating func refill() {
    for place in 0..<Self.size {
      let bits =
        state[place] & 0x8000_0000 | state[(place + 1) % Self.size] & 0x7FFF_FFFF
      let twist: UInt32 = bits & 1 == 0 ? 0 : 0x9908_B0DF
      state[place] = state[(place + 397) % Self.size] ^ bits >> 1 ^ twist
    }
    index = 0
  }

  /// A number from 0 up to 1, as of `random()`.
  mutating func uniform() -> Double {
    let high = Double(next() >> 5)
    return (high * 67_108_864 + Double(next() >> 6)) / 9_007_199_254_740_992
  }

  /// An index below `count`, as `choice` draws it.
  mutating func index(below count: Int) -> Int {
    let bits = UInt32(Int.bitWidth - count.leadingZeroBitCount)
    while true {
      let drawn = Int(next() >> (32 - bits))
      if drawn < count { return drawn }
    }
  }

  /// As of `expovariate(rate)`.
  mutating func exponential(_ rate: Double) -> Double { -log(1 - uniform()) / rate }
}
