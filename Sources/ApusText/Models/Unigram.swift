import ApusFiles

/// Splits text into the tokens whose scores, log probabilities, have the highest sum.
///
/// Characters that no token covers are unknown, at the lowest score less 10; a run of them is one
/// unknown token, or a token for each of its bytes.
///
/// - Source: Kudo 2018; the details are those of SentencePiece and of Hugging Face tokenizers.
public struct Unigram: TokenModel {
  public let vocabulary: Vocabulary
  /// The score of each token, by id.
  public let scores: [Double]
  /// The kind of each token, by id, for a model of SentencePiece.
  ///
  /// Such a model adds scores up in 32 bits, which decides between paths that are nearly equal.
  /// Without kinds every token may be found in text, and 64 bits are used, as Hugging Face
  /// tokenizers do.
  public let kinds: [PieceKind]?
  /// What uncovered characters become; nil lets them vanish.
  public let unknownID: Int32?
  /// Whether unknown characters become tokens of their bytes, `<0x00>` to `<0xFF>`.
  public let fallsBackToBytes: Bool

  /// Whether text may be cut before visible spaces.
  let startsWordsAtSpaces: Bool

  /// What the score of a word of the cache is at most, whatever its sign.
  private let mostOfWord: Float
  private let trie: TokenTrie
  /// What a token adds to a path, by id; it is more than the score for user-defined ones.
  private let gains: [Double]
  private let unknownGain: Double
  /// The id of each byte's token; -1 where the vocabulary lacks it.
  private let byteIDs: [Int32]

  /// What an unknown character's score is below the lowest.
  private static let unknownPenalty = 10.0

  /// - Parameters:
  ///   - vocabulary: The tokens, without unused ids.
  ///   - scores: A score for each token.
  ///   - kinds: A kind for each token, for ids as SentencePiece gives them.
  ///   - unknownID: The unknown token's.
  ///   - fallsBackToBytes: Whether unknown characters become tokens of their bytes.
  /// - Throws: `InputError` if scores, kinds and tokens differ in number, a score is not finite, or
  ///   the unknown token is not in the vocabulary.
  public init(
    _ vocabulary: Vocabulary, scores: [Double], kinds: [PieceKind]? = nil, unknownID: Int32?,
    fallsBackToBytes: Bool = false
  ) throws {
    guard scores.count == vocabulary.count, vocabulary.tokenCount == vocabulary.count,
      kinds?.count ?? scores.count == scores.count
    else {
      throw InputError(
        expected: "a score for each of \(vocabulary.count) tokens", found: "\(scores.count)")
    }
    if let index = scores.firstIndex(where: { !$0.isFinite }) {
      throw InputError(row: index + 1, expected: "finite scores", found: "\(scores[index])")
    }
    if let unknownID, !vocabulary.contains(unknownID) {
      throw InputError(expected: "an unknown token of the vocabulary", found: "id \(unknownID)")
    }
    self.vocabulary = vocabulary
    self.scores = scores
    self.kinds = kinds
    self.unknownID = unknownID
    self.fallsBackToBytes = fallsBackToBytes
    let rated = scores.indices.lazy.filter { kinds?[$0] ?? .normal == .normal }.map { scores[$0] }
    unknownGain = (rated.min() ?? 0) - Self.unknownPenalty
    // SentencePiece looks for the highest score from the least positive number on.
    let highest = Float(max(rated.max() ?? 0, Double(Float.leastNormalMagnitude)))
    gains = scores.enumerated().map { id, score in
      guard kinds?[id] == .userDefined else { return score }
      let length = vocabulary.bytes(of: Int32(id))?.count ?? 0
      return Double(Float(length) * highest) - 0.1
    }
    trie = TokenTrie(vocabulary) { id in
      let kind = kinds?[Int(id)] ?? .normal
      return kind == .normal || kind == .userDefined
    }
    mostOfWord = Float(WordCache.longestPiece) * Float(gains.reduce(0) { max($0, abs($1)) })
    startsWordsAtSpaces = Self.startsWordsAtSpaces(vocabulary, trie)
    byteIDs = (UInt8.min...UInt8.max).map { vocabulary.id(of: ByteFallback.token(of: $0)) ?? -1 }
  }

  public func tokenize(_ piece: UnsafeBufferPointer<UInt8>, into tokens: inout [PieceToken]) {
    if kinds == nil {
      var ends = PathEnds<Double>()
      search(piece, &ends, into: &tokens)
    } else {
      var ends = PathEnds<Float>()
      search(piece, &ends, into: &tokens)
    }
  }

  /// Appends the ids of a text with visible spaces, looking words up among those seen lately.
  ///
  /// Scores go on being added up from word to word, because their rounding can decide between paths
  /// that are nearly equal; a word is looked up only where it can't.
  func encode(
    _ text: UnsafeBufferPointer<UInt8>, _ cache: borrowing WordCache,
    _ tokens: inout [PieceToken], into ids: inout [Int32]
  ) {
    guard let base = text.baseAddress else { return }
    var ends = PathEnds<Float>()
    cache.withPaddedEnd(of: text) { tail, tailStart in
      withUnsafeTemporaryAllocation(of: SoughtWord.self, capacity: 24) { sought in
        var start = 0
        while start < text.count {
          // The entries of many words are asked of memory before the first is needed.
          var count = 0
          while count < sought.count, start < text.count {
            let end = endOfWord(in: text, from: start)
            let length = end - start
            let place = start < tailStart ? base + start : tail + (start - tailStart)
            let key = length > WordCache.longestPiece ? .zero : cache.key(place, count: length)
            let entry = cache.entry(of: key)
            sought.initializeElement(
              at: count,
              to: SoughtWord(
                text: UnsafeBufferPointer(start: base + start, count: length), key: key,
                entry: entry, note: entry.pointee.note))
            count += 1
            start = end
          }
          for word in sought[..<count] { append(word, &ends, &tokens, into: &ids) }
        }
      }
    }
  }

  /// A word with its place in the cache.
  private struct SoughtWord {
    var text: UnsafeBufferPointer<UInt8>
    var key: SIMD4<UInt64>
    var entry: UnsafeMutablePointer<WordCache.Entry>
    /// That of the entry when it was asked for.
    var note: Int
  }

  @inline(__always)
  private func append(
    _ word: SoughtWord, _ ends: inout PathEnds<Float>, _ tokens: inout [PieceToken],
    into ids: inout [Int32]
  ) {
    // The entry may have changed since it was asked for.
    if ends.isSafe(word.note, adding: mostOfWord) {
      let known = word.entry.pointee
      if known.isOf(word.key, count: word.text.count), known.note == word.note {
        var sum = ends[0].sum
        for index in 0..<known.idCount {
          ids.append(known.ids[index])
          sum += Float(gains[Int(known.ids[index])])
        }
        ends.restart(with: sum)
        return
      }
    }
    let first = ids.count
    ends.isCovered = true
    ends.margin = .infinity
    append(word.text, &ends, &tokens, into: &ids)
    let exponent = ends.safeExponent
    guard ends.isCovered, word.text.count <= WordCache.longestPiece,
      ends.isSafe(exponent, adding: mostOfWord),
      let kept = WordCache.Entry(
        word.key, ids[first...], count: word.text.count, note: exponent)
    else { return }
    word.entry.pointee = kept
  }

  private func append(
    _ word: UnsafeBufferPointer<UInt8>, _ ends: inout PathEnds<Float>,
    _ tokens: inout [PieceToken], into ids: inout [Int32]
  ) {
    tokens.removeAll(keepingCapacity: true)
    search(word, &ends, into: &tokens)
    for token in tokens { ids.append(token.id) }
  }

  /// The next visible space behind a place, or the end of the text.
  @inline(__always)
  private func endOfWord(in text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
    var index = start + 1
    while index + 2 < text.count {
      // The bytes of U+2581.
      if text[index] == 0xE2, text[index + 1] == 0x96, text[index + 2] == 0x81 { return index }
      index += 1
    }
    return text.count
  }

  /// Whether tokens have visible spaces at their beginning only, and one is a token by itself, so
  /// that no token and no run of unknown characters reaches from one word into the next.
  private static func startsWordsAtSpaces(_ vocabulary: Vocabulary, _ trie: TokenTrie) -> Bool {
    let mark = Array(MetaspacePreTokenizer.defaultReplacement.utf8)
    guard mark.withUnsafeBufferPointer({ trie.id(of: $0) }) >= 0 else { return false }
    return (0..<Int32(vocabulary.count)).allSatisfy { id in
      guard let token = vocabulary.bytes(of: id), token.count > mark.count else { return true }
      return (token.startIndex + 1...token.endIndex - mark.count).allSatisfy {
        !token[$0...].starts(with: mark)
      }
    }
  }

  /// Searches the best path from left to right.
  ///
  /// Where no token reaches across a place, the path up to it is settled: its tokens are taken and
  /// its memory is used again.
  @inline(__always)
  private func search<Sum: BinaryFloatingPoint>(
    _ piece: UnsafeBufferPointer<UInt8>, _ ends: inout PathEnds<Sum>,
    into tokens: inout [PieceToken]
  ) {
    var run = UnknownRun()
    trie.withUnsafeNodes { nodes in
      gains.withUnsafeBufferPointer { gains in
        var settled = 0
        while settled < piece.count {
          var place = settled
          // Place of the furthest end of a token so far.
          var reach = settled
          repeat {
            let character = scalar(at: place, in: piece).end
            let sum = ends[place - settled].sum
            var isCovered = false
            var node = trie.root
            var end = place
            while end < piece.count, let child = TokenTrie.child(node, piece[end], in: nodes) {
              node = child
              end += 1
              let id = TokenTrie.id(node)
              guard id >= 0 else { continue }
              if end == character { isCovered = true }
              ends.extend(to: end - settled, &reach, from: settled)
              ends.improve(
                end - settled, by: Sum(gains[Int(id)]) + sum, id: id, start: place - settled)
            }
            if !isCovered {
              ends.isCovered = false
              ends.extend(to: character - settled, &reach, from: settled)
              ends.improve(
                character - settled, by: Sum(unknownGain) + sum, id: -1, start: place - settled)
            }
            place = character
          } while place < reach
          take(ends, from: settled, to: place, of: piece, &run, into: &tokens)
          ends.restart(with: ends[place - settled].sum)
          settled = place
        }
      }
    }
    finish(&run, of: piece, into: &tokens)
  }

  /// Appends the tokens of the best path between two places.
  private func take<Sum>(
    _ ends: borrowing PathEnds<Sum>, from start: Int, to end: Int,
    of piece: UnsafeBufferPointer<UInt8>,
    _ run: inout UnknownRun, into tokens: inout [PieceToken]
  ) {
    // Backwards along the path, turning its links around.
    var link = end - start
    var next = -1
    while link > 0 {
      let before = Int(ends[link].start)
      ends[link].start = Int32(truncatingIfNeeded: next)
      next = link
      link = before
    }
    var last = start
    while next > 0 {
      let token = ends[next]
      if token.id < 0 || token.id == unknownID {
        run.add(last..<start + next)
      } else {
        finish(&run, of: piece, into: &tokens)
        tokens.append(PieceToken(id: token.id, end: start + next))
      }
      last = start + next
      next = Int(token.start)
    }
  }

  /// Appends what a run of unknown characters becomes.
  private func finish(
    _ run: inout UnknownRun, of piece: UnsafeBufferPointer<UInt8>, into tokens: inout [PieceToken]
  ) {
    guard !run.range.isEmpty else { return }
    let text = UnsafeBufferPointer(rebasing: piece[run.range])
    let id = trie.id(of: text)
    if id >= 0 {
      tokens.append(PieceToken(id: id, end: run.range.upperBound))
    } else if fallsBackToBytes, text.allSatisfy({ byteIDs[Int($0)] >= 0 }) {
      for index in run.range {
        tokens.append(PieceToken(id: byteIDs[Int(piece[index])], end: index + 1))
      }
    } else if let unknownID {
      tokens.append(PieceToken(id: unknownID, end: run.range.upperBound))
    }
    run = UnknownRun()
  }
}

/// Neighbouring characters that no token covers.
private struct UnknownRun {
  var range = 0..<0

  mutating func add(_ next: Range<Int>) {
    range = (range.isEmpty ? next.lowerBound : range.lowerBound)..<next.upperBound
  }
}

/// The best path to each place behind the last settled one.
private struct PathEnds<Sum: BinaryFloatingPoint>: ~Copyable {
  struct End {
    var sum: Sum
    /// The token that ends here, -1 if it is unknown, and where it starts; -1 if none does.
    var id: Int32
    var start: Int32
  }

  /// The least difference between sums that were compared.
  var margin = Sum.infinity
  /// Whether tokens cover every character.
  var isCovered = true
  private var base: UnsafeMutablePointer<End>
  private var capacity = 64

  init() {
    base = .allocate(capacity: capacity)
    base.initialize(to: End(sum: 0, id: -1, start: -1))
  }

  deinit { base.deallocate() }

  @inline(__always)
  subscript(index: Int) -> End {
    get { base[index] }
    nonmutating _modify { yield &base[index] }
  }

  /// Takes a path to a place if it is better than the one known.
  @inline(__always)
  mutating func improve(_ place: Int, by candidate: Sum, id: Int32, start: Int) {
    let known = base[place]
    if known.start >= 0 {
      margin = min(margin, abs(candidate - known.sum))
      guard candidate > known.sum else { return }
    }
    base[place] = End(sum: candidate, id: id, start: Int32(truncatingIfNeeded: start))
  }

  /// Makes places up to `end` ready for paths.
  @inline(__always)
  mutating func extend(to end: Int, _ reach: inout Int, from settled: Int) {
    guard settled + end > reach else { return }
    if end >= capacity { grow(to: end + 1, used: reach - settled + 1) }
    for index in reach - settled + 1...end {
      (base + index).initialize(to: End(sum: 0, id: -1, start: -1))
    }
    reach = settled + end
  }

  @inline(never)
  private mutating func grow(to needed: Int, used: Int) {
    capacity = max(needed, capacity * 2)
    let wider = UnsafeMutablePointer<End>.allocate(capacity: capacity)
    wider.update(from: base, count: used)
    base.deallocate()
    base = wider
  }

  func restart(with sum: Sum) { base[0] = End(sum: sum, id: -1, start: -1) }
}

extension PathEnds<Float> {
  private static let exponents = 1...100

  /// The power of 2 that sums have to stay below for their rounding to change no comparison; 0 if
  /// there is none.
  ///
  /// Two paths of a word have at most 32 tokens each, whose sums are rounded by half a unit in the
  /// last place, 2⁻²⁴ of that power; so are the sums that the margin is the difference of.
  var safeExponent: Int {
    guard margin.isNormal else { return margin == .infinity ? Self.exponents.upperBound : 0 }
    return max(0, min(Int(margin.exponent) + 17, Self.exponents.upperBound))
  }

  /// Whether sums stay below a power of 2 within the next word, which adds `most` at most.
  @inline(__always)
  func isSafe(_ exponent: Int, adding most: Float) -> Bool {
    guard Self.exponents.contains(exponent) else { return false }
    let limit = Float(bitPattern: UInt32(exponent + 127) << 23)
    return abs(self[0].sum) + most < limit
  }
}
