import ApusFiles

/// The substrings of words that may be tokens and that more than one character follows: inner
/// nodes of the words' suffix tree.
///
/// The ends of words and of documents count as characters. What always goes on in the same way is
/// left out, as in SentencePiece: the parts of words are seen to be of use where not every whole
/// word is a token from the start.
///
/// The tree is walked as intervals of a suffix array that is sorted by the first scalars only,
/// since tokens have a longest length.
///
/// - Source: the enhanced suffix arrays of Abouelhoda et al. 2004, used for seeds by SentencePiece.
struct FrequentSubstrings {
  /// The longest substring, in scalars.
  static let longest = 16

  struct Substring {
    /// The first suffix that begins with it; (first, length) is the order of the substrings' bytes.
    var first: Int32
    /// In scalars.
    var length: Int32
    var count: Int64

    /// How much of the text it covers.
    var weight: Int64 { count * Int64(length) }
  }

  /// Ranks of scalars in the alphabet from 1 on, the next number for all others; each word ends
  /// with a 0.
  private var symbols: [UInt32] = []
  /// How many symbols from each place on may stand together in a token.
  private var reaches: [UInt8] = []
  private var wordStarts: [Int32] = []
  private var wordCounts: [Int64] = []
  private let alphabet: [UInt32]
  private let maximumCount: Int
  private var suffixes: [Int32] = []
  /// The first suffix that begins with each rank.
  private var buckets: [Int32] = []

  /// - Parameters:
  ///   - words: What substrings are looked for in: words within documents.
  ///   - last: The words at the ends of documents.
  ///   - units: The parts of the words that no token reaches beyond.
  ///   - threadCount: How many threads sort.
  ///   - maximumCount: The most scalars of words and their ends, whose places are `Int32`.
  /// - Throws: `InputError` for more.
  init(
    of words: WordCounts, last: WordCounts, in units: UnigramUnits, threadCount: Int,
    maximumCount: Int = Int(Int32.max) - 1
  ) throws {
    self.maximumCount = maximumCount
    alphabet = units.alphabet.map(\.scalar)
    let ranks = Dictionary(
      uniqueKeysWithValues: alphabet.enumerated().map { ($0.element, UInt32($0.offset + 1)) })
    try append(words, ends: [0], ranks, units)
    // The end of a document is a character that no token has, as rare ones are.
    try append(last, ends: [UInt32(alphabet.count + 1), 0], ranks, units)
    sortSuffixes(threadCount: threadCount)
  }

  private mutating func append(
    _ words: WordCounts, ends: [UInt32], _ ranks: [UInt32: UInt32], _ units: UnigramUnits
  ) throws {
    let unknown = UInt32(alphabet.count + 1)
    try words.forEach { word, count in
      let start = symbols.count
      wordStarts.append(Int32(start))
      wordCounts.append(count)
      var index = 0
      while index < word.count {
        let (value, end) = scalar(at: index, in: word)
        symbols.append(ranks[value] ?? unknown)
        index = end
      }
      symbols.append(contentsOf: ends)
      guard symbols.count <= maximumCount else {
        throw InputError(
          expected: "a corpus with at most \(maximumCount) characters in distinct words",
          found: "more")
      }
      reaches.append(contentsOf: repeatElement(0, count: symbols.count - reaches.count))
      units.forEachUnit(of: word) { _, scalars in
        for distance in 1...scalars.count {
          reaches[start + scalars.upperBound - distance] = UInt8(distance)
        }
      }
    }
  }

  /// The characters of the alphabet, and up to a number in all the substrings that cover most of
  /// the text, in the order of their bytes.
  func most(_ limit: Int) -> [Substring] {
    var found: [Substring] = []
    enumerate { found.append($0) }
    if found.count > max(limit, alphabet.count) {
      found.sort {
        if ($0.length == 1) != ($1.length == 1) { return $0.length == 1 }
        return $0.weight != $1.weight
          ? $0.weight > $1.weight : ($0.first, $0.length) < ($1.first, $1.length)
      }
      found.removeSubrange(max(limit, alphabet.count)...)
    }
    return found.sorted { ($0.first, $0.length) < ($1.first, $1.length) }
  }

  /// The UTF-8 of a substring.
  func append(_ substring: Substring, to bytes: inout [UInt8]) {
    let start = Int(suffixes[Int(substring.first)])
    for symbol in symbols[start..<start + Int(substring.length)] {
      guard let scalar = Unicode.Scalar(alphabet[Int(symbol) - 1]) else { continue }
      bytes.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
    }
  }

  /// Calls `body` with each character and each inner node that may be a token.
  private func enumerate(_ body: (Substring) -> Void) {
    // How often the word of each suffix comes, by binary search in the words' starts.
    func count(of suffix: Int32) -> Int64 {
      var (low, high) = (0, wordStarts.count)
      while high - low > 1 {
        let middle = (low + high) / 2
        if wordStarts[middle] <= suffix { low = middle } else { high = middle }
      }
      return wordCounts[low]
    }
    var open: [(length: Int, first: Int, before: Int64)] = []
    var before: Int64 = 0
    for index in suffixes.indices {
      let next = index + 1 < suffixes.count ? commonLength(index, index + 1) : 0
      var first = index
      var start = before
      before += count(of: suffixes[index])
      while let top = open.last, top.length > next {
        open.removeLast()
        if top.length > 1, top.length <= reaches[Int(suffixes[top.first])] {
          body(
            Substring(
              first: Int32(top.first), length: Int32(top.length), count: before - top.before))
        }
        (first, start) = (top.first, top.before)
      }
      if next > open.last?.length ?? 0 { open.append((next, first, start)) }
    }
    for (rank, bucket) in buckets.enumerated().dropFirst().dropLast() {
      var sum: Int64 = 0
      for index in bucket..<buckets[rank + 1] { sum += count(of: suffixes[Int(index)]) }
      body(Substring(first: bucket, length: 1, count: sum))
    }
  }

  private func commonLength(_ first: Int, _ second: Int) -> Int {
    let (left, right) = (Int(suffixes[first]), Int(suffixes[second]))
    var length = 0
    while length <= Self.longest, symbols[left + length] == symbols[right + length] {
      length += 1
      if symbols[left + length - 1] == 0 { break }
    }
    return length
  }

  private func isKnown(_ symbol: UInt32) -> Bool { symbol > 0 && symbol <= alphabet.count }

  /// Sorts by the first symbol with counts, and each bucket by itself.
  private mutating func sortSuffixes(threadCount: Int) {
    var sizes = [Int32](repeating: 0, count: alphabet.count + 2)
    for symbol in symbols where isKnown(symbol) { sizes[Int(symbol) + 1] += 1 }
    for rank in sizes.indices.dropFirst() { sizes[rank] += sizes[rank - 1] }
    buckets = sizes
    var next = sizes
    var suffixes = [Int32](repeating: 0, count: Int(sizes[sizes.count - 1]))
    for (index, symbol) in symbols.enumerated() where isKnown(symbol) {
      suffixes[Int(next[Int(symbol)])] = Int32(index)
      next[Int(symbol)] += 1
    }
    symbols.withUnsafeBufferPointer { symbols in
      suffixes.withUnsafeMutableBufferPointer { suffixes in
        let shared = Unchecked(value: (symbols, suffixes))
        concurrently(alphabet.count, threadCount: threadCount) { index, _ in
          let (symbols, suffixes) = shared.value
          let bucket = Int(sizes[index + 1])..<Int(sizes[index + 2])
          SuffixSort(symbols: symbols, suffixes: suffixes).sort(bucket, from: 1)
        }
      }
    }
    self.suffixes = suffixes
  }
}

/// Three-way radix quicksort of suffixes by a bounded number of symbols.
///
/// - Source: Bentley & Sedgewick 1997.
private struct SuffixSort {
  let symbols: UnsafeBufferPointer<UInt32>
  let suffixes: UnsafeMutableBufferPointer<Int32>

  func sort(_ range: Range<Int>, from depth: Int) {
    var open = [(range, depth)]
    while let (range, depth) = open.popLast() {
      guard range.count > 1, depth <= FrequentSubstrings.longest else { continue }
      let pivot = median(range, depth)
      var (low, high, index) = (range.lowerBound, range.upperBound, range.lowerBound)
      while index < high {
        let symbol = self.symbol(suffixes[index], depth)
        if symbol < pivot {
          suffixes.swapAt(low, index)
          low += 1
          index += 1
        } else if symbol > pivot {
          high -= 1
          suffixes.swapAt(high, index)
        } else {
          index += 1
        }
      }
      open.append((range.lowerBound..<low, depth))
      open.append((high..<range.upperBound, depth))
      // Suffixes that have ended are equal.
      if pivot > 0 { open.append((low..<high, depth + 1)) }
    }
  }

  @inline(__always)
  private func symbol(_ suffix: Int32, _ depth: Int) -> UInt32 { symbols[Int(suffix) + depth] }

  private func median(_ range: Range<Int>, _ depth: Int) -> UInt32 {
    let first = symbol(suffixes[range.lowerBound], depth)
    let middle = symbol(suffixes[(range.lowerBound + range.upperBound) / 2], depth)
    let last = symbol(suffixes[range.upperBound - 1], depth)
    return max(min(first, middle), min(max(first, middle), last))
  }
}
