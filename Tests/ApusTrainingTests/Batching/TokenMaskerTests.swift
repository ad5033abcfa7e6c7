import ApusTensors
import Testing

@testable import ApusTraining

@Suite struct TokenMaskerTests {
  /// 1000 ids; below 5 special (0 [UNK], 1 [CLS], 2 [SEP], 3 [MASK]), odd ones go on a word.
  private let vocabulary = MaskingVocabulary(
    isSpecial: (0..<1000).map { $0 < 5 }, isContinuation: (0..<1000).map { $0 > 5 && $0 % 2 == 1 },
    classifierId: 1, separatorId: 2, maskId: 3)

  /// Masks [CLS] tokens [SEP] behind other tokens that are none of its business.
  private func masked(
    _ tokens: [Int32], rate: Double = 0.15, wholeWord: Bool = false, draw: Int = 0
  ) -> (ids: [Int32], positions: [Int], labels: [Int32]) {
    let masker = TokenMasker(vocabulary: vocabulary, rate: rate, wholeWord: wholeWord)
    var ids = [7, 8, 9] + [1] + tokens + [2]
    var random = RandomStream(RandomKey(seed: 1, step: draw, name: "masks"))
    var positions: [Int] = []
    var labels: [Int32] = []
    masker.mask(&ids, from: 3, &random, positions: &positions, labels: &labels)
    #expect(ids.prefix(4) == [7, 8, 9, 1] && ids.last == 2)
    return (ids, positions, labels)
  }

  @Test(arguments: [0.15, 0.4], [0, 1, 2, 3, 10, 61, 510])
  func masksExactlyTheRate(rate: Double, count: Int) {
    let tokens = (0..<count).map { Int32(10 + 2 * $0 % 900) }
    let result = masked(tokens, rate: rate)
    let expected = count == 0 ? 0 : max(1, Int((rate * Double(count)).rounded()))
    #expect(result.positions.count == expected && result.labels.count == expected)
    #expect(zip(result.positions, result.positions.dropFirst()).allSatisfy { $0 < $1 })
    for (position, label) in zip(result.positions, result.labels) {
      #expect(tokens[position - 4] == label)
    }
    for (index, token) in tokens.enumerated() where !result.positions.contains(index + 4) {
      #expect(result.ids[index + 4] == token)
    }
  }

  /// 80 % masked, 10 % random, 10 % kept: within five standard deviations of 60,000 choices.
  @Test func eightyTenTen() {
    var (hidden, kept, random) = (0, 0, 0)
    let tokens = [Int32](repeating: 10, count: 500)
    for draw in 0..<800 {
      let result = masked(tokens, draw: draw)
      for position in result.positions {
        switch result.ids[position] {
        case 3: hidden += 1
        case 10: kept += 1
        default:
          random += 1
          #expect(result.ids[position] >= 5)
        }
      }
    }
    let total = Double(hidden + kept + random)
    #expect(total == 60_000)
    #expect(abs(Double(hidden) / total - 0.8) < 0.0082)
    #expect(abs(Double(kept) / total - 0.1) < 0.0062)
    #expect(abs(Double(random) / total - 0.1) < 0.0062)
  }

  @Test func everyPlaceIsAsLikely() {
    var counts = [Int](repeating: 0, count: 20)
    for draw in 0..<10_000 {
      for position in masked([Int32](repeating: 10, count: 20), draw: draw).positions {
        counts[position - 4] += 1
      }
    }
    // 3 of 20 each time: 1500 ± 5 · 36.
    #expect(counts.allSatisfy { abs($0 - 1500) < 180 })
  }

  @Test func specialTokensAreNeverMasked() {
    let tokens: [Int32] = (0..<300).map { $0 % 3 == 0 ? 0 : 20 }
    for draw in 0..<50 {
      let result = masked(tokens, draw: draw)
      #expect(result.labels == [Int32](repeating: 20, count: 30))
    }
    #expect(masked([0, 0, 0]).positions.isEmpty)
  }

  /// Words of one to four pieces are masked whole or not at all, up to the rate.
  @Test func wordsAreMaskedWhole() {
    var random = RandomStream(RandomKey(seed: 2, name: "words"))
    for draw in 0..<300 {
      var words: [[Int32]] = []
      for _ in 0..<40 {
        words.append(
          [Int32(10 + 2 * random.below(400))]
            + (0..<random.below(4)).map { _ in Int32(11 + 2 * random.below(400)) })
      }
      let tokens = words.flatMap { $0 }
      let result = masked(tokens, wholeWord: true, draw: draw)
      let target = Int((0.15 * Double(tokens.count)).rounded())
      #expect(target - 3...target ~= result.positions.count)
      var start = 4
      for word in words {
        let inside = result.positions.count { start..<start + word.count ~= $0 }
        #expect(inside == 0 || inside == word.count)
        start += word.count
      }
    }
  }

  @Test func aLoneLongWordIsMaskedAnyway() {
    #expect(masked([10, 11, 13, 15], wholeWord: true).positions == [4, 5, 6, 7])
    // A continuation behind a special token starts a word of its own.
    #expect(masked([0, 11, 13], wholeWord: true).positions == [5, 6])
  }
}
