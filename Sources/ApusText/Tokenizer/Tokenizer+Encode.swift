extension Tokenizer {
  /// Encodes a text, or a pair of texts, with special tokens around it.
  ///
  /// - Parameters:
  ///   - text: The text.
  ///   - pairText: A second text, as for next-sentence prediction.
  ///   - addsSpecialTokens: Whether the post-processor may add tokens.
  /// - Returns: Ids, segments, and offsets into the text that each token came from.
  public func encode(
    _ text: String, _ pairText: String? = nil, addsSpecialTokens: Bool = true
  ) -> Encoding {
    join(
      alignedEncoding(of: text), of: text, pairText.map(alignedEncoding), of: pairText ?? "",
      addsSpecialTokens: addsSpecialTokens)
  }

  /// Lets the post-processor join the tokens of one or two texts.
  func join(
    _ first: Encoding, of text: String, _ second: Encoding?, of pairText: String,
    addsSpecialTokens: Bool
  ) -> Encoding {
    guard let postProcessor else { return PostProcessors.join(first, second) }
    return postProcessor.join(
      postProcessor.adjusted(first, of: text),
      second.map { postProcessor.adjusted($0, of: pairText) },
      addsSpecialTokens: addsSpecialTokens)
  }

  /// Appends the ids of a text without special tokens around it: the fast way for corpora.
  public func encode(_ text: UnsafeBufferPointer<UInt8>, into ids: inout [Int32]) {
    pool.with { scratch in encode(text, at: .start, scratch, into: &ids) }
  }

  /// Appends the ids of text that stands at a place of a whole.
  func encode(
    _ text: UnsafeBufferPointer<UInt8>, at place: TextPlace, _ scratch: TokenizerScratch,
    into ids: inout [Int32]
  ) {
    var start = 0
    while start < text.count {
      let match = rawMatcher.next(in: text, from: start)
      let end = match?.range.lowerBound ?? text.count
      encodeSection(
        UnsafeBufferPointer(rebasing: text[start..<end]), at: start == 0 ? place : .section,
        scratch, into: &ids)
      guard let match else { return }
      ids.append(match.id)
      start = match.range.upperBound
    }
  }

  /// Encodes text without raw added tokens, in blocks that stay in the processor's cache.
  private func encodeSection(
    _ text: UnsafeBufferPointer<UInt8>, at place: TextPlace, _ scratch: TokenizerScratch,
    into ids: inout [Int32]
  ) {
    let block = 1 << 15
    var start = 0
    while start < text.count {
      let end = blockEnd(in: text, from: start, near: start + block)
      let part = UnsafeBufferPointer(rebasing: text[start..<end])
      let place = start == 0 ? place : .continuation
      if let normalizer {
        scratch.normalized.clear(tracking: false)
        normalizer.normalize(part, into: scratch.normalized)
        encodeNormalized(scratch.normalized.bytes, at: place, scratch, into: &ids)
      } else {
        encodeNormalized(part, at: place, scratch, into: &ids)
      }
      start = end
    }
  }

  /// The first place behind `near` where text may be cut; its end if there is none.
  private func blockEnd(
    in text: UnsafeBufferPointer<UInt8>, from start: Int, near: Int
  ) -> Int {
    guard near < text.count, let preTokenizer, normalizedMatcher.isEmpty,
      normalizer?.allowsCuts ?? true
    else { return text.count }
    // Blocks are looked at as views of their own, so that what precedes `start` plays no part.
    for index in near..<text.count
    where preTokenizer.canCut(text, at: index) && (normalizer == nil || partsWords(text, at: index))
    {
      return index
    }
    return text.count
  }

  private func encodeNormalized(
    _ text: UnsafeBufferPointer<UInt8>, at place: TextPlace, _ scratch: TokenizerScratch,
    into ids: inout [Int32]
  ) {
    var start = 0
    while start < text.count {
      let match = normalizedMatcher.next(in: text, from: start)
      let end = match?.range.lowerBound ?? text.count
      if end > start {
        encodePieces(
          of: UnsafeBufferPointer(rebasing: text[start..<end]),
          at: start == 0 ? place : .section, scratch, into: &ids)
      }
      guard let match else { return }
      ids.append(match.id)
      start = match.range.upperBound
    }
  }

  private func encodePieces(
    of text: UnsafeBufferPointer<UInt8>, at place: TextPlace, _ scratch: TokenizerScratch,
    into ids: inout [Int32]
  ) {
    var text = text
    // Locals, because accesses to a class's variables are checked each time.
    var pieces: [Range<Int>] = []
    var tokens: [PieceToken] = []
    swap(&pieces, &scratch.pieces)
    swap(&tokens, &scratch.tokens)
    defer {
      swap(&pieces, &scratch.pieces)
      swap(&tokens, &scratch.tokens)
    }
    pieces.removeAll(keepingCapacity: true)
    if let preTokenizer {
      scratch.rewritten.clear(tracking: false)
      if preTokenizer.pieces(of: text, at: place, into: &pieces, rewriting: scratch.rewritten) {
        text = scratch.rewritten.bytes
      }
    } else {
      pieces.append(0..<text.count)
    }
    encode(pieces, of: text, scratch.cache, &tokens, into: &ids)
  }

  /// Appends the ids of pieces: those of the cache, or else of the model, which are kept there.
  private func encode(
    _ pieces: [Range<Int>], of text: UnsafeBufferPointer<UInt8>, _ cache: borrowing WordCache,
    _ tokens: inout [PieceToken], into ids: inout [Int32]
  ) {
    guard let base = text.baseAddress else { return }
    cache.withPaddedEnd(of: text) { end, endStart in
      // Ids of known pieces wait here, because an array checks its room for each.
      withUnsafeTemporaryAllocation(of: Int32.self, capacity: 1024) { waiting in
        guard let first = waiting.baseAddress else { return }
        var count = 0
        func flush() {
          ids.append(contentsOf: UnsafeBufferPointer(start: first, count: count))
          count = 0
        }
        for piece in pieces {
          let start = base + piece.lowerBound
          guard piece.count <= WordCache.longestPiece else {
            flush()
            let long = UnsafeBufferPointer(start: start, count: piece.count)
            if let unigram = model as? Unigram, unigram.kinds != nil, unigram.startsWordsAtSpaces {
              unigram.encode(long, cache, &tokens, into: &ids)
            } else {
              encodeByModel(long, &tokens, into: &ids)
            }
            continue
          }
          let key = cache.key(
            piece.lowerBound < endStart ? start : end + (piece.lowerBound - endStart),
            count: piece.count)
          let entry = cache.entry(of: key)
          if entry.pointee.isOf(key, count: piece.count) {
            // All eight lanes, of which those behind the ids are written over next.
            UnsafeMutableRawPointer(first + count).storeBytes(
              of: entry.pointee.ids, as: SIMD8<Int32>.self)
            count += entry.pointee.idCount
            if count > waiting.count - 8 { flush() }
            continue
          }
          flush()
          let before = ids.count
          encodeByModel(UnsafeBufferPointer(start: start, count: piece.count), &tokens, into: &ids)
          if let kept = WordCache.Entry(key, ids[before...], count: piece.count) {
            entry.pointee = kept
          }
        }
        flush()
      }
    }
  }

  private func encodeByModel(
    _ piece: UnsafeBufferPointer<UInt8>, _ tokens: inout [PieceToken], into ids: inout [Int32]
  ) {
    tokens.removeAll(keepingCapacity: true)
    model.tokenize(piece, into: &tokens)
    for token in tokens { ids.append(token.id) }
  }
}
