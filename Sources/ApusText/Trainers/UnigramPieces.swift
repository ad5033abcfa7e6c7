import Glibc

/// The tokens of a Unigram model in training, in the order of their bytes.
struct UnigramPieces {
  private(set) var bytes: [UInt8] = []
  private(set) var ranges: [Range<Int>] = []
  private(set) var scores: [Double] = []
  /// Whether each is a single character, which is never taken away.
  private(set) var areCharacters: [Bool] = []

  var count: Int { ranges.count }

  /// Takes over tokens of other pieces, in their order, with other scores.
  init(_ other: UnigramPieces, keeping kept: [Int], scores: [Double]) {
    for index in kept {
      append(other.bytes[other.ranges[index]], score: 0, isCharacter: other.areCharacters[index])
    }
    self.scores = scores
  }

  /// Starts from the substrings that cover most of the text; a score is the logarithm of the share.
  init(_ substrings: FrequentSubstrings, limit: Int) {
    let seeds = substrings.most(limit)
    let total = seeds.reduce(0.0) { $0 + Double($1.weight) }
    var token: [UInt8] = []
    for seed in seeds {
      token.removeAll(keepingCapacity: true)
      substrings.append(seed, to: &token)
      append(
        token[...], score: log(Double(seed.weight) / total), isCharacter: seed.length == 1)
    }
  }

  private mutating func append(_ token: ArraySlice<UInt8>, score: Double, isCharacter: Bool) {
    ranges.append(bytes.count..<bytes.count + token.count)
    bytes.append(contentsOf: token)
    scores.append(score)
    areCharacters.append(isCharacter)
  }

  func trie() -> TokenTrie {
    bytes.withUnsafeBufferPointer {
      TokenTrie(ranges, ids: (0..<Int32(count)).map { $0 }, of: $0)
    }
  }
}
