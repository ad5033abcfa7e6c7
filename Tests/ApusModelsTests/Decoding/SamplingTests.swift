import ApusDecoding
import ApusFiles
import ApusTensors
import Foundation
import Testing

@Suite struct SamplingTests {
  private let logits: [Float] = [1, 3, -.infinity, 2, 3, 0]

  private func token(_ sampling: Sampling, _ logits: [Float], _ draw: Int = 0) throws -> Int32 {
    let key = RandomKey(seed: 5, name: "sampling").split(draw)
    return try logits.withUnsafeBufferPointer { try sampling.token($0, key) }
  }

  /// How often each token is drawn.
  private func counts(_ sampling: Sampling, _ logits: [Float], draws: Int) throws -> [Int] {
    var counts = logits.map { _ in 0 }
    for draw in 0..<draws { counts[Int(try token(sampling, logits, draw))] += 1 }
    return counts
  }

  @Test func greedyTakesTheFirstOfTheLikeliest() throws {
    #expect(try token(.greedy, logits) == 1)
    #expect(try token(.greedy, [.nan, -2, -1, .nan]) == 2)
    #expect(try token(.greedy, [0, .infinity, 1]) == 1)
  }

  @Test(arguments: [Float(0.5), 1, 2]) func drawsFollowTheSoftmax(_ temperature: Float) throws {
    let draws = 20_000
    let counts = try counts(Sampling(temperature: temperature), logits, draws: draws)
    let weights = logits.map { exp(Double($0 / temperature)) }
    let total = weights.reduce(0, +)
    for (count, weight) in zip(counts, weights) {
      let expected = Double(draws) * weight / total
      // Five standard deviations of a binomial count.
      #expect(abs(Double(count) - expected) <= 5 * expected.squareRoot())
    }
  }

  @Test func topKLeavesTheLikeliest() throws {
    let counts = try counts(Sampling(topK: 3), logits, draws: 2000)
    #expect(counts[0] == 0 && counts[2] == 0 && counts[5] == 0)
    #expect(counts[1] > 0 && counts[3] > 0 && counts[4] > 0)
    #expect(try self.counts(Sampling(topK: 1), logits, draws: 50)[1] == 50)
    #expect(try token(Sampling(topK: 100), logits) >= 0)
  }

  @Test func topKAgreesWithSorting() throws {
    let logits = (0..<500).map { Float(($0 * 7919) % 503) / 60 }
    let ranked = logits.indices.sorted { logits[$0] > logits[$1] }
    for k in [1, 2, 17, 64] {
      let counts = try counts(Sampling(temperature: 20, topK: k), logits, draws: 4000)
      let drawn = Set(counts.indices.filter { counts[$0] > 0 })
      #expect(drawn == Set(ranked.prefix(k)))
    }
  }

  @Test func topPLeavesTheSmallestSetThatReachesIt() throws {
    // Probabilities 0.4, 0.3, 0.2, 0.1.
    let logits = [0.1, 0.4, 0.2, 0.3].map { Float(log($0)) }
    func drawn(_ p: Float) throws -> [Int] {
      let counts = try counts(Sampling(topP: p), logits, draws: 500)
      return counts.indices.filter { counts[$0] > 0 }
    }
    #expect(try drawn(0.3) == [1])
    #expect(try drawn(0.5) == [1, 3])
    #expect(try drawn(0.69) == [1, 3])
    #expect(try drawn(0.8) == [1, 2, 3])
    #expect(try drawn(1) == [0, 1, 2, 3])
  }

  @Test func minPLeavesThoseNearTheLikeliest() throws {
    // Probabilities 0.4, 0.3, 0.2, 0.1: of 0.4 the half is 0.2.
    let logits = [0.1, 0.4, 0.2, 0.3].map { Float(log($0)) }
    func drawn(_ p: Float) throws -> [Int] {
      let counts = try counts(Sampling(minP: p), logits, draws: 500)
      return counts.indices.filter { counts[$0] > 0 }
    }
    #expect(try drawn(0) == [0, 1, 2, 3])
    #expect(try drawn(0.49) == [1, 2, 3])
    #expect(try drawn(0.6) == [1, 3])
    #expect(try drawn(1) == [1])
  }

  @Test func longRowsAreSearchedWhole() throws {
    for place in [0, 15, 16, 31, 32, 40] {
      var logits = [Float](repeating: -3, count: 41)
      logits[place] = -1
      logits[(place + 7) % 41] = .nan
      #expect(try token(.greedy, logits) == Int32(place))
    }
  }

  @Test func sameKeySameToken() throws {
    let sampling = try Sampling(temperature: 3, topK: 4, topP: 0.9)
    for draw in 0..<50 {
      let (first, second) = (try token(sampling, logits, draw), try token(sampling, logits, draw))
      #expect(first == second)
    }
  }

  @Test func refusesSettingsThatMeanNothing() {
    #expect(throws: InputError.self) { try Sampling(temperature: -1) }
    #expect(throws: InputError.self) { try Sampling(temperature: .nan) }
    #expect(throws: InputError.self) { try Sampling(temperature: .infinity) }
    #expect(throws: InputError.self) { try Sampling(topK: 0) }
    #expect(throws: InputError.self) { try Sampling(topP: 0) }
    #expect(throws: InputError.self) { try Sampling(topP: 1.5) }
    #expect(throws: InputError.self) { try Sampling(topP: .nan) }
    #expect(throws: InputError.self) { try Sampling(minP: -0.1) }
    #expect(throws: InputError.self) { try Sampling(minP: 1.5) }
  }

  @Test func refusesLogitsThatAreNoNumbers() {
    #expect(throws: InputError.self) { try token(.greedy, [.nan, .nan]) }
    #expect(throws: InputError.self) { try token(Sampling(), [-.infinity, .nan]) }
    #expect(throws: InputError.self) { try token(Sampling(), []) }
  }
}
