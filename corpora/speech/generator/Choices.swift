/// Choices that a seed decides, by SplitMix64 of Steele et al., OOPSLA 2014.
struct Choices {
  private var state: UInt64
  private let all: [String]
  /// Words that are still to come before any comes again.
  private var left: [String] = []

  init(seed: UInt64, words: [String]) {
    state = seed
    all = words
  }

  /// A number from 0 to below `count`.
  mutating func below(_ count: Int) -> Int {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return Int((z ^ (z >> 31)) % UInt64(count))
  }

  /// Words as from a shuffled deck, so that all are about as frequent.
  mutating func words(_ count: Int) -> [String] {
    (0..<count).map { _ in
      if left.isEmpty { left = all }
      return left.remove(at: below(left.count))
    }
  }
}
