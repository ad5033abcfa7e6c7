import ApusTensors
import Foundation
import Testing

@testable import ApusTraining

@Suite struct NeuralCacheTests {
  /// Against the definition written out in Double, for parts of any lengths.
  @Test func mixesTheModelWithWhatFollowedStatesLikeThePresentOne() {
    let options = NeuralCache.Options(size: 5, sharpness: 0.7, weight: 0.2)
    let (count, size) = (23, 3)
    let states = Tensor.normal([count, size], RandomKey(seed: 1, name: "states"))
    let losses = Tensor.uniform([count], 0.5, 4, RandomKey(seed: 2, name: "losses"))
    let words = (0..<count).map { Int32($0 * $0 % 4) }

    let values: [Float] = states.elements()
    func state(_ index: Int) -> [Double] {
      values[index * size..<(index + 1) * size].map { Double($0) }
    }
    let own: [Float] = losses.elements()
    var expected = 0.0
    for time in 0..<count {
      let kept = max(0, time - 5)..<time
      let weights = kept.map { index in
        exp(0.7 * zip(state(time), state(index)).map(*).reduce(0, +))
      }
      let same = zip(kept, weights).filter { words[$0.0] == words[time] }.map(\.1).reduce(0, +)
      let model = exp(-Double(own[time]))
      expected -= log(
        kept.isEmpty ? model : 0.8 * model + 0.2 * same / weights.reduce(0, +))
    }
    for cuts in [[0, 23], [0, 1, 2, 9, 23], [0, 16, 17, 23]] {
      var cache = NeuralCache(options)
      let found = zip(cuts, cuts.dropFirst()).reduce(0.0) { sum, cut in
        sum
          + cache.nats(
            of: Array(words[cut.0..<cut.1]), after: states.rows(cut.0..<cut.1),
            losses: losses.rows(cut.0..<cut.1))
      }
      #expect(abs(found - expected) < 1e-5 * expected, "\(found) \(expected)")
    }
  }
}
