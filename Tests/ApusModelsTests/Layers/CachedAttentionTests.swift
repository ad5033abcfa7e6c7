import ApusTensors
import Foundation
import Testing

@Suite struct CachedAttentionTests {
  /// Elements of sequences of given lengths, stacked queries, keys and values of `heads` heads.
  private func stacked(_ lengths: [Int], _ heads: Int, _ size: Int, _ phase: Double) -> Sequences {
    let width = 3 * heads * size
    let count = lengths.reduce(0, +)
    let values = (0..<count * width).map { Float(2 * sin(Double($0 * $0 % 9973) * 0.37 + phase)) }
    return Sequences(Tensor(values, [count, width]), lengths: lengths)
  }

  /// Plain attention in Double of the last query of one sequence.
  private func reference(_ rows: [[Float]], heads: Int, size: Int) -> [Float] {
    let model = heads * size
    return (0..<heads).flatMap { head -> [Float] in
      let query = (0..<size).map { Double(rows[rows.count - 1][head * size + $0]) }
      let scores = rows.map { row in
        (0..<size).reduce(0.0) { $0 + query[$1] * Double(row[model + head * size + $1]) }
          / Double(size).squareRoot()
      }
      let largest = scores.max() ?? 0
      let weights = scores.map { exp($0 - largest) }
      let total = weights.reduce(0, +)
      return (0..<size).map { channel in
        Float(
          zip(rows, weights).reduce(0.0) {
            $0 + $1.1 * Double($1.0[2 * model + head * size + channel])
          } / total)
      }
    }
  }

  @Test(
    arguments: [(1, 1), (2, 8), (3, 10), (2, 16), (1, 64), (2, 33)],
    [ScalarType.float32, .bfloat16])
  func agreesWithTheFormula(_ shape: (heads: Int, size: Int), _ type: ScalarType) {
    let (heads, size) = shape
    // Blocks of 64 positions: below, at and above their borders.
    let lengths = [1, 63, 64, 130]
    let prompts = stacked(lengths, heads, size, 0).map { $0.converted(to: type) }
    var cache = KeyValueCache(sequenceCount: 4, headCount: heads)
    #expect(cache.isEmpty)
    cache.append(prompts)
    var texts = zip(prompts.offsets, prompts.offsets.dropFirst()).map { start, end in
      (start..<end).map { prompts.values.rows($0..<$0 + 1).floatElements }
    }
    for step in 0..<3 {
      let new = stacked([1, 1, 1, 1], heads, size, Double(step + 1)).map {
        $0.converted(to: type)
      }
      #expect(cache.positions(of: new).elements(as: Int32.self) == lengths.map { Int32($0 + step) })
      cache.append(new)
      for index in texts.indices {
        texts[index].append(new.values.rows(index..<index + 1).floatElements)
      }
      let found = attention(new.values, cache: cache)
      let expected = texts.flatMap { reference($0, heads: heads, size: size) }
      #expect(found.type == type)
      expectClose(
        found, Tensor(expected, [4, heads * size]), type == .float32 ? 2e-6 : 0x1p-7)
    }
    #expect(cache.counts == lengths.map { $0 + 3 })
  }

  @Test func growsWithoutLosingWhatItHolds() {
    var grown = KeyValueCache(sequenceCount: 1, headCount: 2)
    let rows = stacked([200], 2, 6, 0.5)
    for index in 0..<200 {
      grown.append(Sequences(rows.values.rows(index..<index + 1), lengths: [1]))
    }
    var whole = KeyValueCache(sequenceCount: 1, headCount: 2)
    whole.append(rows)
    let query = rows.values.rows(7..<8)
    #expect(
      attention(query, cache: grown).floatElements == attention(query, cache: whole).floatElements)
  }
}
