/// Learns merges: joins the most frequent pair of neighbours, again and again.
///
/// Counts of pairs are kept up to date by visiting only the words that a merge changes. Ties go to
/// the pair with the smaller ids, so that the result depends on the word counts alone.
///
/// - Source: Sennrich et al. 2016, §3.2, with the tie-breaks of Hugging Face's `BpeTrainer`.
struct MergeTrainer {
  /// The spelling of each token, by id.
  private(set) var tokens: [[UInt8]]
  private(set) var merges: [BPEMerge] = []
  private var ids: [[UInt8]: Int32]
  /// What the right part of a merge loses in front, such as `##`.
  private let continuingPrefix: [UInt8]

  /// The symbols of all words, end to end; a word shrinks in its place.
  private var symbols: [Int32] = []
  private var starts: [Int] = [0]
  private var lengths: [Int32] = []
  private var counts: [Int64] = []
  private var pairs = PairCounts()
  private var queue = PairQueue()

  /// Starts from special tokens and alphabet, by id.
  init(tokens: [[UInt8]], continuingPrefix: [UInt8] = []) {
    self.tokens = tokens
    self.continuingPrefix = continuingPrefix
    ids = Dictionary(
      tokens.enumerated().map { ($0.element, Int32($0.offset)) },
      uniquingKeysWith: { first, _ in first })
  }

  func id(of token: [UInt8]) -> Int32? { ids[token] }

  /// Adds a word as symbols.
  mutating func add(_ word: some Sequence<Int32>, count: Int64) {
    symbols.append(contentsOf: word)
    lengths.append(Int32(symbols.count - starts[starts.count - 1]))
    starts.append(symbols.count)
    counts.append(count)
  }

  /// Learns until the vocabulary is full or no pair is frequent enough.
  mutating func train(vocabularySize: Int, minimumFrequency: Int) {
    countPairs()
    let minimum = Int64(max(1, minimumFrequency))
    while tokens.count < vocabularySize, let top = queue.pop() {
      let index = Int(top.index)
      let count = pairs.counts[index]
      if count != top.count {
        if count > 0 { queue.push(.init(count: count, pair: top.pair, index: top.index)) }
        continue
      }
      guard count >= minimum else { break }
      // Long runs of one character would double their tokens without end.
      guard joinedLength(top.pair) <= Vocabulary.maximumTokenBytes else { continue }
      merge(top.pair, at: index)
    }
  }

  /// The bytes of the token that a pair makes, at most.
  private func joinedLength(_ pair: UInt64) -> Int {
    tokens[Int(pair >> 32)].count + tokens[Int(UInt32(truncatingIfNeeded: pair))].count
  }

  private mutating func countPairs() {
    for word in lengths.indices {
      let start = starts[word]
      for index in start..<start + max(0, Int(lengths[word]) - 1) {
        _ = pairs.add(symbols[index], symbols[index + 1], counts[word], in: Int32(word))
      }
    }
    for index in pairs.pairs.indices { push(index) }
  }

  private mutating func push(_ index: Int) {
    guard pairs.counts[index] > 0 else { return }
    queue.push(
      .init(count: pairs.counts[index], pair: pairs.pairs[index], index: Int32(index)))
  }

  private mutating func merge(_ pair: UInt64, at index: Int) {
    let left = Int32(truncatingIfNeeded: pair >> 32)
    let right = Int32(truncatingIfNeeded: pair)
    let result = token(joining: left, right)
    merges.append(.init(left: left, right: right, result: result))
    let words = pairs.words[index]
    pairs.words[index] = []
    var grown: [Int] = []
    for word in words { merge(left, right, into: result, in: word, &grown) }
    pairs.counts[index] = 0
    grown.sort()
    var last = -1
    for index in grown where index != last {
      push(index)
      last = index
    }
  }

  private mutating func token(joining left: Int32, _ right: Int32) -> Int32 {
    var tail = tokens[Int(right)][...]
    if !continuingPrefix.isEmpty, tail.starts(with: continuingPrefix) {
      tail = tail.dropFirst(continuingPrefix.count)
    }
    let joined = tokens[Int(left)] + tail
    if let known = ids[joined] { return known }
    let id = Int32(tokens.count)
    ids[joined] = id
    tokens.append(joined)
    return id
  }

  /// Merges in one word; `grown` takes the indices of pairs that became more frequent.
  private mutating func merge(
    _ left: Int32, _ right: Int32, into result: Int32, in word: Int32, _ grown: inout [Int]
  ) {
    let start = starts[Int(word)]
    let end = start + Int(lengths[Int(word)])
    let count = counts[Int(word)]
    var read = start
    var write = start
    while read < end {
      guard read + 1 < end, symbols[read] == left, symbols[read + 1] == right else {
        symbols[write] = symbols[read]
        write += 1
        read += 1
        continue
      }
      if write > start {
        let before = symbols[write - 1]
        pairs.add(before, left, -count)
        grown.append(pairs.add(before, result, count, in: word))
      }
      if read + 2 < end {
        let after = symbols[read + 2]
        pairs.add(right, after, -count)
        grown.append(pairs.add(result, after, count, in: word))
      }
      symbols[write] = result
      write += 1
      read += 2
    }
    lengths[Int(word)] = Int32(write - start)
  }
}
