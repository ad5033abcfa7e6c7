import Glibc

/// Learns the tokens of a Unigram model: starts from frequent substrings, fits their probabilities
/// by expectation maximisation, and takes away those that are missed least.
///
/// Sums over the text are of integers, so that the result does not depend on the number of threads.
///
/// - Source: Kudo 2018, §3.2, with the defaults and the approximate loss of SentencePiece.
struct UnigramTrainer {
  /// The most substrings to start from.
  private static let seedLimit = 1_000_000
  /// The share of tokens that each round keeps.
  private static let keptShare = 0.75
  private static let stepsPerRound = 2
  /// Tokens expected fewer times in the whole text go.
  private static let leastExpectation = 0.5
  /// Expectations are summed as multiples of this.
  private static let expectationUnit = 0x1p-20

  private let units: WordCounts
  private let threadCount: Int
  private let lattices: [Unchecked<UnigramLattice>]
  private(set) var pieces: UnigramPieces

  init(_ units: UnigramUnits, seeds: FrequentSubstrings, threadCount: Int) {
    self.units = units.counts
    self.threadCount = threadCount
    lattices = (0..<threadCount).map { _ in Unchecked(value: UnigramLattice()) }
    pieces = UnigramPieces(seeds, limit: Self.seedLimit)
  }

  /// Learns at most `size` tokens, the characters of the alphabet among them.
  ///
  /// - Returns: The tokens with their scores, the highest first.
  mutating func train(size: Int) -> [(token: [UInt8], score: Double)] {
    // Some more than wanted are left to choose from by score in the end.
    let spare = size + size / 10
    while true {
      for _ in 0..<Self.stepsPerRound { fit() }
      if pieces.count <= spare { break }
      prune(to: max(spare, Int(Self.keptShare * Double(pieces.count))))
    }
    let order = pieces.ranges.indices.sorted {
      let (first, second) = (pieces.scores[$0], pieces.scores[$1])
      return first != second ? first > second : $0 < $1
    }
    let characters = pieces.areCharacters.count(where: \.self)
    var others = max(0, size - characters)
    return order.compactMap { index in
      if !pieces.areCharacters[index] {
        guard others > 0 else { return nil }
        others -= 1
      }
      return (Array(pieces.bytes[pieces.ranges[index]]), pieces.scores[index])
    }
  }

  /// One step of expectation maximisation, in its variational form.
  private mutating func fit() {
    let trie = pieces.trie()
    let gains = UnigramLattice.gains(of: pieces)
    let sums = sumOverUnits { unit, count, lattice, sums in
      gains.withUnsafeBufferPointer { gains in
        let scale = Double(count) / Self.expectationUnit
        lattice.forEachExpectation(of: unit, trie, gains: gains) { id, probability in
          sums[Int(id)] += Int64(min(probability * scale, 0x1p60).rounded())
        }
      }
    }
    var kept: [Int] = []
    var expectations: [Double] = []
    for (index, sum) in sums.enumerated() {
      let expectation = Double(sum) * Self.expectationUnit
      guard pieces.areCharacters[index] || expectation >= Self.leastExpectation else { continue }
      kept.append(index)
      expectations.append(max(expectation, Self.leastExpectation))
    }
    // A sparse prior on the probabilities: digamma where plain counts would have a logarithm.
    let total = Self.digamma(expectations.reduce(0, +))
    pieces = UnigramPieces(
      pieces, keeping: kept, scores: expectations.map { Self.digamma($0) - total })
  }

  /// Keeps those tokens whose loss would cost the text most, were the next best path taken
  /// wherever they stand now.
  private mutating func prune(to size: Int) {
    let trie = pieces.trie()
    let scores = pieces.scores
    let counts = sumOverUnits { unit, count, lattice, sums in
      scores.withUnsafeBufferPointer { scores in
        _ = lattice.forEachOfBest(in: unit, trie, scores: scores) { sums[Int($0)] += count }
      }
    }
    let total = Double(counts.reduce(0, +))
    let losses = losses(trie, counts: counts, total: total)
    var kept = pieces.ranges.indices.filter { losses[$0] == .infinity }
    let candidates = pieces.ranges.indices.filter { losses[$0].isFinite }.sorted {
      losses[$0] != losses[$1] ? losses[$0] > losses[$1] : $0 < $1
    }
    kept += candidates.prefix(max(0, size - kept.count))
    kept.sort()
    pieces = UnigramPieces(pieces, keeping: kept, scores: kept.map { scores[$0] })
  }

  /// How much the logarithm of the text's probability falls without each token: infinite for those
  /// that have to stay, −infinite for those that nobody misses.
  private func losses(_ trie: TokenTrie, counts: [Int64], total: Double) -> [Double] {
    var losses = [Double](repeating: .infinity, count: pieces.count)
    let block = 1024
    losses.withUnsafeMutableBufferPointer { losses in
      let shared = Unchecked(value: losses)
      pieces.bytes.withUnsafeBufferPointer { bytes in
        pieces.scores.withUnsafeBufferPointer { scores in
          let input = Unchecked(value: (bytes, scores))
          concurrently((pieces.count + block - 1) / block, threadCount: threadCount) {
            index, thread in
            let (bytes, scores) = input.value
            for id in index * block..<min(pieces.count, (index + 1) * block)
            where !pieces.areCharacters[id] {
              var rest: [Int] = []
              let score = lattices[thread].value.forEachOfBest(
                in: UnsafeBufferPointer(rebasing: bytes[pieces.ranges[id]]), trie, scores: scores,
                excluding: Int32(id)
              ) { rest.append(Int($0)) }
              guard let score else { continue }
              let count = Double(counts[id])
              guard count > 0, score <= scores[id] else {
                shared.value[id] = -.infinity
                continue
              }
              let grown = log(total + count * Double(rest.count - 1))
              let after = rest.reduce(0.0) { $0 + log(Double(counts[$1]) + count) - grown }
              shared.value[id] = count * (log(count / total) - after)
            }
          }
        }
      }
    }
    return losses
  }

  /// Sums something over the units for each token, on several threads.
  private func sumOverUnits(
    _ body: (
      _ unit: UnsafeBufferPointer<UInt8>, _ count: Int64, UnigramLattice,
      _ sums: UnsafeMutableBufferPointer<Int64>
    ) -> Void
  ) -> [Int64] {
    let sums = (0..<threadCount).map { _ in
      let sums = UnsafeMutableBufferPointer<Int64>.allocate(capacity: pieces.count)
      sums.initialize(repeating: 0)
      return Unchecked(value: sums)
    }
    defer { for sum in sums { sum.value.deallocate() } }
    let block = 512
    concurrently((units.count + block - 1) / block, threadCount: threadCount) { index, thread in
      units.forEach(in: index * block..<min(units.count, (index + 1) * block)) { unit, count in
        body(unit, count, lattices[thread].value, sums[thread].value)
      }
    }
    return pieces.ranges.indices.map { index in sums.reduce(0) { $0 + $1.value[index] } }
  }

  /// The derivative of the logarithm of the gamma function, for positive numbers.
  ///
  /// - Source: Abramowitz & Stegun 1964, 6.3.5 and 6.3.18.
  static func digamma(_ number: Double) -> Double {
    var number = number
    var result = 0.0
    while number < 8 {
      result -= 1 / number
      number += 1
    }
    let square = 1 / (number * number)
    let series = square * (1 / 12 - square * (1 / 120 - square * (1 / 252 - square / 240)))
    return result + log(number) - 1 / (2 * number) - series
  }
}
