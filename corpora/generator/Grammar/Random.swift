/// SplitMix64 with its own ways to choose.
///
/// The standard library's `randomElement(using:)` may change its algorithm between versions;
/// the corpus has to be the same bytes for ever, so every choice is made here.
/// - Source: Steele, Lea & Flood, OOPSLA 2014.
struct Random {
  private var state: UInt64

  /// Makes the generator of one stream; each document has a stream of its own.
  init(seed: UInt64, stream: UInt64) {
    state = seed
    state = next() ^ (stream &* 0xD134_2543_DE82_EF95)
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  mutating func below(_ count: Int) -> Int {
    precondition(count > 0, "Random.below: expected a positive count, got \(count)")
    return Int(next().multipliedFullWidth(by: UInt64(count)).high)
  }

  mutating func within(_ range: ClosedRange<Int>) -> Int {
    range.lowerBound + below(range.count)
  }

  mutating func pick<Element>(_ elements: [Element]) -> Element {
    elements[below(elements.count)]
  }

  /// Draws different elements, in random order.
  mutating func draw<Element>(_ count: Int, from elements: [Element]) -> [Element] {
    precondition(count <= elements.count, "Random.draw: \(count) of \(elements.count)")
    var pool = elements
    for position in 0..<count {
      pool.swapAt(position, position + below(pool.count - position))
    }
    return Array(pool.prefix(count))
  }

  mutating func coin() -> Bool { below(2) == 0 }
}
