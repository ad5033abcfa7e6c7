/// The substrings of training units that come more than once and can't be made longer to the right
/// without becoming rarer: the inner nodes of the units' suffix tree.
///
/// The tree is walked as intervals of a suffix array that is sorted by the first sixteen scalars
/// only, since no longer token is wanted.
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

  /// Ranks of scalars in the alphabet from 1 on; each unit is followed by a 0.
  private var symbols: [UInt32] = []
  /// How often the unit of each symbol comes.
  private var unitStarts: [Int32] = []
  private var unitCounts: [Int64] = []
  private let alphabet: [UInt32]
  private var suffixes: [Int32] = []
  /// The first suffix that begins with each rank.
  private var buckets: [Int32] = []

  init(_ units: UnigramUnits, threadCount: Int) {
    alphabet = units.alphabet.map(\.scalar)
    let ranks = Dictionary(
      uniqueKeysWithValues: alphabet.enumerated().map { ($0.element, UInt32($0.offset + 1)) })
    var symbols: [UInt32] = []
    var starts: [Int32] = []
    var counts: [Int64] = []
    units.counts.forEach { unit, count in
      starts.append(Int32(symbols.count))
      counts.append(count)
      var index = 0
      while index < unit.count {
        let (value, end) = scalar(at: index, in: unit)
        symbols.append(ranks[value] ?? 0)
        index = end
      }
      symbols.append(0)
      precondition(
        symbols.count < Int(Int32.max), "FrequentSubstrings: more than 2 billion symbols")
    }
    self.symbols = symbols
    unitStarts = starts
    unitCounts = counts
    sortSuffixes(threadCount: threadCount)
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

  /// Calls `body` with each character and each inner node, and with whole units.
  private func enumerate(_ body: (Substring) -> Void) {
    // How often the unit of each suffix comes, by binary search in the units' starts.
    func count(of suffix: Int32) -> Int64 {
      var (low, high) = (0, unitStarts.count)
      while high - low > 1 {
        let middle = (low + high) / 2
        if unitStarts[middle] <= suffix { low = middle } else { high = middle }
      }
      return unitCounts[low]
    }
    var open: [(length: Int, first: Int, before: Int64)] = []
    var before: Int64 = 0
    var previousCommon = 0
    for index in suffixes.indices {
      let weight = count(of: suffixes[index])
      let next = index + 1 < suffixes.count ? commonLength(index, index + 1) : 0
      // A unit of its own that is no other's beginning.
      let length = lengthOfUnit(at: suffixes[index])
      if length > 1, length <= Self.longest, max(previousCommon, next) < length, weight > 1 {
        body(Substring(first: Int32(index), length: Int32(length), count: weight))
      }
      var first = index
      var start = before
      before += weight
      while let top = open.last, top.length > next {
        open.removeLast()
        if top.length > 1, before - top.before > 1 {
          body(
            Substring(
              first: Int32(top.first), length: Int32(top.length), count: before - top.before))
        }
        (first, start) = (top.first, top.before)
      }
      if next > open.last?.length ?? 0 { open.append((next, first, start)) }
      previousCommon = next
    }
    for (rank, bucket) in buckets.enumerated().dropFirst().dropLast() {
      var sum: Int64 = 0
      for index in bucket..<buckets[rank + 1] { sum += count(of: suffixes[Int(index)]) }
      body(Substring(first: bucket, length: 1, count: sum))
    }
  }

  /// The number of scalars of the unit that starts with a suffix; 0 inside of a unit.
  private func lengthOfUnit(at suffix: Int32) -> Int {
    let start = Int(suffix)
    guard start == 0 || symbols[start - 1] == 0 else { return 0 }
    var end = start
    while symbols[end] != 0 { end += 1 }
    return end - start
  }

  private func commonLength(_ first: Int, _ second: Int) -> Int {
    let (left, right) = (Int(suffixes[first]), Int(suffixes[second]))
    var length = 0
    while length < Self.longest, symbols[left + length] != 0,
      symbols[left + length] == symbols[right + length]
    {
      length += 1
    }
    return length
  }

  /// Sorts by the first symbol with counts, and each bucket by itself.
  private mutating func sortSuffixes(threadCount: Int) {
    var sizes = [Int32](repeating: 0, count: alphabet.count + 2)
    for symbol in symbols where symbol > 0 { sizes[Int(symbol) + 1] += 1 }
    for rank in sizes.indices.dropFirst() { sizes[rank] += sizes[rank - 1] }
    buckets = sizes
    var next = sizes
    var suffixes = [Int32](repeating: 0, count: Int(sizes[sizes.count - 1]))
    for (index, symbol) in symbols.enumerated() where symbol > 0 {
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
      guard range.count > 1, depth < FrequentSubstrings.longest else { continue }
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
