import ApusFiles
import Glibc

/// Learns a language model of n-grams with modified Kneser-Ney smoothing, interpolated.
///
/// - Source: Chen & Goodman 1998, §3; counts at beginnings of sentences and the share of unknown words
///   as in Heafield et al. 2013.
public struct NGramTrainer {
  public let order: Int
  // By their bytes: strings that look the same are equal, and one of them would be unknown.
  private var ids: [[UInt8]: Int32] = [:]
  private var texts: [[UInt8]] = []
  private var tree: CountTree

  /// What a length's counts give.
  public struct Smoothing: Sendable, Hashable {
    /// What is taken off counts of 1, of 2, and of 3 and more.
    public let discounts: [Double]
    /// Whether counts of counts gave no discounts between 0 and the counts, as with little text, so
    /// that 0.5, 1 and 1.5 were taken.
    public let isAssumed: Bool
  }

  /// - Throws: `InputError` for an order outside 1 to 16.
  public init(order: Int) throws(InputError) {
    guard 1...NGramImage.longestOrder ~= order else {
      throw InputError(
        expected: "1 to \(NGramImage.longestOrder) words in an n-gram", found: "\(order)")
    }
    self.order = order
    tree = CountTree(order: order)
    for word in [NGramWord.unknown, NGramWord.start, NGramWord.end] {
      _ = id(of: word)
    }
    // What no text has gets its share nonetheless.
    _ = tree.child(0, Self.unknown)
  }

  private mutating func id(of word: [UInt8]) -> Int32 {
    if let id = ids[word] { return id }
    let id = Int32(texts.count)
    ids[word] = id
    texts.append(word)
    return id
  }

  fileprivate static let unknown: Int32 = 0
  fileprivate static let start: Int32 = 1

  /// Counts a sentence, in which `<unk>` is an unknown word.
  ///
  /// - Throws: `InputError` for a word that stands for a beginning or an end.
  public mutating func add(_ words: [String]) throws(InputError) {
    let words = words.map { Array($0.utf8) }
    for word in words where word == NGramWord.start || word == NGramWord.end {
      throw InputError(
        expected: "words of a text", found: String(decoding: word, as: UTF8.self))
    }
    tree.add([Self.start] + words.map { id(of: $0) } + [Self.start + 1])
  }

  /// The model of what was counted.
  ///
  /// - Returns: The model, and how each length was smoothed, unigrams first.
  /// - Throws: `InputError` if nothing was counted.
  public func model() throws(InputError) -> (model: NGramModel, smoothing: [Smoothing]) {
    guard texts.count > 3 else {
      throw InputError(expected: "a text of at least one word", found: "none")
    }
    let (nodes, smoothing) = Estimate.of(tree, wordCount: texts.count)
    // In the order of the words, with the unknown one first, as tables have it.
    let sorted =
      [0] + texts.indices.dropFirst().sorted { texts[$0].lexicographicallyPrecedes(texts[$1]) }
    var newIDs = [Int32](repeating: 0, count: sorted.count)
    for (id, index) in sorted.enumerated() { newIDs[index] = Int32(id) }
    var levels = (1...order).map { NGramTable.Level(length: $0) }
    for (index, estimate) in nodes.enumerated() where index > 0 {
      let words = tree.words(index).map { newIDs[Int($0)] }
      levels[words.count - 1].append(
        words, logProbability: Float(estimate.logProbability), backoff: Float(estimate.backoff))
    }
    var table = NGramTable(vocabulary: sorted.map { texts[$0] }, levels: levels)
    let twice = table.arrange()
    precondition(twice == nil, "NGramTrainer: expected each n-gram once")
    return (NGramModel(NGramImage(table)), smoothing)
  }
}

/// How often each n-gram was seen.
///
/// Nodes are numbers; 0 is the n-gram of no words, and each other one continues its parent by a word.
private struct CountTree {
  let order: Int
  private(set) var parents: [Int32] = [-1]
  private(set) var lastWords: [Int32] = [-1]
  private(set) var counts: [Int] = [0]
  private(set) var lengths: [UInt8] = [0]
  /// A table of the nodes by their parent and word, from 1; 0 is free.
  private var slots = [Int32](repeating: 0, count: 1 << 12)

  init(order: Int) { self.order = order }

  var count: Int { parents.count }

  mutating func add(_ sentence: [Int32]) {
    for start in sentence.indices {
      var node: Int32 = 0
      for word in sentence[start...].prefix(order) {
        node = child(node, word)
        counts[Int(node)] += 1
      }
    }
  }

  /// The n-gram that continues another, made if it was not seen.
  mutating func child(_ node: Int32, _ word: Int32) -> Int32 {
    let slot = slot(node, word)
    guard slots[slot] == 0 else { return slots[slot] }
    let index = Int32(count)
    slots[slot] = index
    parents.append(node)
    lastWords.append(word)
    counts.append(0)
    lengths.append(lengths[Int(node)] + 1)
    if 2 * count > slots.count { grow() }
    return index
  }

  func known(_ node: Int32, _ word: Int32) -> Int32 { slots[slot(node, word)] }

  private func slot(_ node: Int32, _ word: Int32) -> Int {
    let key = UInt64(UInt32(bitPattern: node)) << 32 | UInt64(UInt32(bitPattern: word))
    let mask = slots.count - 1
    // The high half of a product with 2^64 / φ depends on all bits.
    var slot = Int((key &* 0x9E37_79B9_7F4A_7C15) >> 32) & mask
    while slots[slot] != 0 {
      let other = Int(slots[slot])
      if parents[other] == node && lastWords[other] == word { break }
      slot = (slot + 1) & mask
    }
    return slot
  }

  private mutating func grow() {
    slots = Array(repeating: 0, count: 2 * slots.count)
    for node in 1..<count { slots[slot(parents[node], lastWords[node])] = Int32(node) }
  }

  func words(_ node: Int) -> [Int32] {
    var words: [Int32] = []
    var node = node
    while node > 0 {
      words.append(lastWords[node])
      node = Int(parents[node])
    }
    return words.reversed()
  }
}

/// What an n-gram gets, as base-10 logarithms.
private struct Estimate {
  var logProbability = 0.0
  var backoff = 0.0

  /// - Returns: The estimates of a tree's nodes and of an unknown word, and how they were smoothed.
  static func of(
    _ tree: CountTree, wordCount: Int
  ) -> (nodes: [Estimate], smoothing: [NGramTrainer.Smoothing]) {
    let suffixes = suffixes(tree)
    let counts = adjustedCounts(tree, suffixes)
    let smoothing = (1...tree.order).map { length in
      discounts(
        (1..<tree.count).lazy.filter { Int(tree.lengths[$0]) == length }.map { counts[$0] })
    }
    // Of each context: the sum of the counts behind it, and what discounts took off.
    var sums = [Double](repeating: 0, count: tree.count)
    var rest = sums
    for node in 1..<tree.count {
      let parent = Int(tree.parents[node])
      let discounts = smoothing[Int(tree.lengths[node]) - 1].discounts
      sums[parent] += Double(counts[node])
      if counts[node] > 0 { rest[parent] += discounts[min(counts[node], 3) - 1] }
    }
    var probabilities = [Double](repeating: 0, count: tree.count)
    // All words but the one that begins sentences, which nothing is followed by.
    let even = rest[0] / sums[0] / Double(wordCount - 1)
    var result = [Estimate](repeating: Estimate(), count: tree.count)
    for length in 1...tree.order {
      for node in 1..<tree.count where Int(tree.lengths[node]) == length {
        let parent = Int(tree.parents[node])
        let discount =
          counts[node] > 0
          ? smoothing[length - 1].discounts[min(counts[node], 3) - 1] : 0
        let lower =
          length == 1 ? even : rest[parent] / sums[parent] * probabilities[Int(suffixes[node])]
        probabilities[node] = (Double(counts[node]) - discount) / sums[parent] + lower
        // What begins a sentence is no prediction.
        let isStart = length == 1 && tree.lastWords[node] == NGramTrainer.start
        result[node].logProbability = isStart ? -99 : logarithm(probabilities[node])
        if sums[node] > 0 { result[node].backoff = logarithm(rest[node] / sums[node]) }
      }
    }
    return (result, smoothing)
  }

  /// Base 10; files have no number for that of 0.
  private static func logarithm(_ x: Double) -> Double { max(-99, log10(x)) }

  /// Of each n-gram, the one without its first word.
  private static func suffixes(_ tree: CountTree) -> [Int32] {
    var suffixes = [Int32](repeating: 0, count: tree.count)
    // Parents stand before their children.
    for node in 1..<tree.count where tree.lengths[node] > 1 {
      suffixes[node] = tree.known(suffixes[Int(tree.parents[node])], tree.lastWords[node])
    }
    return suffixes
  }

  /// How many words an n-gram was seen behind; how often it was seen, where it is of the longest or
  /// begins a sentence.
  private static func adjustedCounts(_ tree: CountTree, _ suffixes: [Int32]) -> [Int] {
    var starts = [Bool](repeating: false, count: tree.count)
    var result = [Int](repeating: 0, count: tree.count)
    for node in 1..<tree.count {
      let parent = Int(tree.parents[node])
      starts[node] = parent == 0 ? tree.lastWords[node] == NGramTrainer.start : starts[parent]
      if Int(tree.lengths[node]) == tree.order || starts[node] { result[node] = tree.counts[node] }
      if suffixes[node] > 0 { result[Int(suffixes[node])] += 1 }
    }
    // The word that begins sentences stands behind nothing.
    for node in 1..<tree.count where tree.lengths[node] == 1 && starts[node] { result[node] = 0 }
    return result
  }

  /// - Source: Chen & Goodman 1998, equation 26.
  private static func discounts(_ counts: some Sequence<Int>) -> NGramTrainer.Smoothing {
    var countsOfCounts = [Double](repeating: 0, count: 5)
    for count in counts where 1...4 ~= count { countsOfCounts[count] += 1 }
    let assumed = NGramTrainer.Smoothing(discounts: [0.5, 1, 1.5], isAssumed: true)
    guard countsOfCounts[1...3].allSatisfy({ $0 > 0 }) else { return assumed }
    let share = countsOfCounts[1] / (countsOfCounts[1] + 2 * countsOfCounts[2])
    let discounts = (1...3).map {
      Double($0) - Double($0 + 1) * share * countsOfCounts[$0 + 1] / countsOfCounts[$0]
    }
    let areSound = zip(discounts, 1...).allSatisfy { $0 >= 0 && $0 <= Double($1) }
    return areSound ? NGramTrainer.Smoothing(discounts: discounts, isAssumed: false) : assumed
  }
}
