/// Distinct words and how often each came; memory is bounded by the distinct words.
struct WordCounts {
  private var bytes: [UInt8] = []
  private(set) var starts: [Int] = [0]
  private(set) var counts: [Int64] = []
  /// Open addressing: upper half of the hash, and index + 1 below; 0 is empty.
  private var table = [UInt64](repeating: 0, count: 1 << 12)

  var count: Int { counts.count }

  mutating func add(_ word: UnsafeBufferPointer<UInt8>, count: Int64 = 1) {
    let hash = Self.hash(word)
    let mask = table.count - 1
    var slot = Int(truncatingIfNeeded: hash) & mask
    while table[slot] != 0 {
      if table[slot] >> 32 == hash >> 32 {
        let index = Int(table[slot] & 0xFFFF_FFFF) - 1
        if equals(index, word) {
          counts[index] += count
          return
        }
      }
      slot = (slot + 1) & mask
    }
    bytes.append(contentsOf: word)
    starts.append(bytes.count)
    counts.append(count)
    table[slot] = (hash & ~0xFFFF_FFFF) | UInt64(counts.count)
    if counts.count * 2 > table.count { grow() }
  }

  mutating func add(_ other: WordCounts) {
    other.forEach { word, count in add(word, count: count) }
  }

  mutating func add(_ pieces: [Range<Int>], of text: UnsafeBufferPointer<UInt8>) {
    for piece in pieces { add(UnsafeBufferPointer(rebasing: text[piece])) }
  }

  func forEach(_ body: (UnsafeBufferPointer<UInt8>, Int64) throws -> Void) rethrows {
    try forEach(in: counts.indices, body)
  }

  /// Calls `body` with some of the words, which are numbered in the order they first came in.
  func forEach(
    in range: Range<Int>, _ body: (UnsafeBufferPointer<UInt8>, Int64) throws -> Void
  ) rethrows {
    try bytes.withUnsafeBufferPointer { bytes in
      for index in range {
        try body(
          UnsafeBufferPointer(rebasing: bytes[starts[index]..<starts[index + 1]]), counts[index])
      }
    }
  }

  private func equals(_ index: Int, _ word: UnsafeBufferPointer<UInt8>) -> Bool {
    let start = starts[index]
    guard starts[index + 1] - start == word.count else { return false }
    for offset in 0..<word.count where bytes[start + offset] != word[offset] { return false }
    return true
  }

  private mutating func grow() {
    precondition(counts.count < Int(UInt32.max) - 1, "WordCounts: more than 4 billion words")
    let mask = table.count * 2 - 1
    var wider = [UInt64](repeating: 0, count: table.count * 2)
    bytes.withUnsafeBufferPointer { bytes in
      for index in counts.indices {
        let hash = Self.hash(
          UnsafeBufferPointer(rebasing: bytes[starts[index]..<starts[index + 1]]))
        var slot = Int(truncatingIfNeeded: hash) & mask
        while wider[slot] != 0 { slot = (slot + 1) & mask }
        wider[slot] = (hash & ~0xFFFF_FFFF) | UInt64(index + 1)
      }
    }
    table = wider
  }

  /// Eight bytes at a time; both halves of the result are well mixed.
  private static func hash(_ word: UnsafeBufferPointer<UInt8>) -> UInt64 {
    let raw = UnsafeRawBufferPointer(word)
    var state = UInt64(truncatingIfNeeded: word.count) &* 0x9E37_79B9_7F4A_7C15
    var index = 0
    while index + 8 <= raw.count {
      state = mixed(state ^ raw.loadUnaligned(fromByteOffset: index, as: UInt64.self))
      index += 8
    }
    var last: UInt64 = 0
    while index < raw.count {
      last = last << 8 | UInt64(raw[index])
      index += 1
    }
    return mixed(state ^ last)
  }

  @inline(__always)
  private static func mixed(_ value: UInt64) -> UInt64 {
    let product = value.multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
    return product.high ^ product.low
  }
}

extension WordCounts {
  /// Counts the pieces of a corpus.
  static func counting(
    _ corpus: Corpus, normalizer: (any Normalizer)?, preTokenizer: any PreTokenizer,
    threadCount: Int
  ) throws -> (WordCounts, Corpus.Report) {
    var (words, last, report) = try countingLastApart(
      corpus, normalizer: normalizer, preTokenizer: preTokenizer, threadCount: threadCount)
    words.add(last)
    return (words, report)
  }

  /// Counts the pieces of a corpus, those that documents end with apart from the others.
  static func countingLastApart(
    _ corpus: Corpus, normalizer: (any Normalizer)?, preTokenizer: any PreTokenizer,
    threadCount: Int
  ) throws -> (others: WordCounts, last: WordCounts, Corpus.Report) {
    let workers = (0..<threadCount).map { _ in
      Unchecked(value: PieceCounter(normalizer: normalizer, preTokenizer: preTokenizer))
    }
    let report = try ParallelPass(corpus, threadCount: threadCount).run(
      { documents, thread in documents.forEach { workers[thread].value.count($0) } },
      collect: { _ in })
    var (others, last) = workers[0].value.take()
    for worker in workers.dropFirst() {
      let more = worker.value.take()
      others.add(more.others)
      last.add(more.last)
    }
    return (others, last, report)
  }
}

/// One thread's share of counting.
private final class PieceCounter {
  private var others = WordCounts()
  private var last = WordCounts()
  private let normalizer: (any Normalizer)?
  private let preTokenizer: any PreTokenizer
  private let normalized = AlignedText()
  private let rewritten = AlignedText()
  private var pieces: [Range<Int>] = []

  init(normalizer: (any Normalizer)?, preTokenizer: any PreTokenizer) {
    self.normalizer = normalizer
    self.preTokenizer = preTokenizer
  }

  /// Hands the counts over without keeping a reference, so that adding to them copies nothing.
  func take() -> (others: WordCounts, last: WordCounts) {
    defer { (others, last) = (WordCounts(), WordCounts()) }
    return (others, last)
  }

  func count(_ document: UnsafeBufferPointer<UInt8>) {
    var text = document
    if let normalizer {
      normalized.clear(tracking: false)
      normalizer.normalize(text, into: normalized)
      text = normalized.bytes
    }
    rewritten.clear(tracking: false)
    pieces.removeAll(keepingCapacity: true)
    if preTokenizer.pieces(of: text, at: .start, into: &pieces, rewriting: rewritten) {
      text = rewritten.bytes
    }
    guard let end = pieces.popLast() else { return }
    others.add(pieces, of: text)
    last.add(UnsafeBufferPointer(rebasing: text[end]))
  }
}
