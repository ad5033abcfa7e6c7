extension Tokenizer {
  /// The tokens of a text with their offsets, without special tokens around it.
  func alignedEncoding(of text: String) -> Encoding {
    var text = text
    return text.withUTF8 { bytes in
      var result = Encoding()
      pool.with { scratch in align(bytes, scratch, into: &result) }
      return result
    }
  }

  private func align(
    _ text: UnsafeBufferPointer<UInt8>, _ scratch: TokenizerScratch, into result: inout Encoding
  ) {
    var start = 0
    while start < text.count {
      let match = rawMatcher.next(in: text, from: start)
      let end = match?.range.lowerBound ?? text.count
      if end > start {
        let section = UnsafeBufferPointer(rebasing: text[start..<end])
        scratch.normalized.clear(tracking: true)
        if let normalizer {
          normalizer.normalize(section, into: scratch.normalized)
        } else {
          scratch.normalized.append(section, from: 0)
        }
        alignNormalized(scratch, from: start, into: &result)
      }
      guard let match else { return }
      result.append(match.id, typeID: 0, offset: match.range)
      start = match.range.upperBound
    }
  }

  /// Aligns a normalized section that began at `base` in the original text.
  private func alignNormalized(
    _ scratch: TokenizerScratch, from base: Int, into result: inout Encoding
  ) {
    let text = scratch.normalized.bytes
    var start = 0
    while start < text.count {
      let match = normalizedMatcher.next(in: text, from: start)
      let end = match?.range.lowerBound ?? text.count
      if end > start { alignPieces(start..<end, scratch, from: base, into: &result) }
      guard let match else { return }
      let origin = scratch.normalized.origin(of: match.range)
      result.append(
        match.id, typeID: 0, offset: origin.lowerBound + base..<origin.upperBound + base)
      start = match.range.upperBound
    }
  }

  private func alignPieces(
    _ section: Range<Int>, _ scratch: TokenizerScratch, from base: Int,
    into result: inout Encoding
  ) {
    var text = UnsafeBufferPointer(rebasing: scratch.normalized.bytes[section])
    scratch.pieces.removeAll(keepingCapacity: true)
    scratch.rewritten.clear(tracking: true)
    var isRewritten = false
    if let preTokenizer {
      isRewritten = preTokenizer.pieces(
        of: text, at: base + section.lowerBound == 0 ? .start : .section, into: &scratch.pieces,
        rewriting: scratch.rewritten)
      if isRewritten { text = scratch.rewritten.bytes }
    } else {
      scratch.pieces.append(0..<text.count)
    }
    for piece in scratch.pieces {
      scratch.tokens.removeAll(keepingCapacity: true)
      model.tokenize(UnsafeBufferPointer(rebasing: text[piece]), into: &scratch.tokens)
      var start = piece.lowerBound
      for token in scratch.tokens {
        let end = piece.lowerBound + Int(token.end)
        let local = isRewritten ? scratch.rewritten.origin(of: start..<end) : start..<end
        let origin = scratch.normalized.origin(
          of: local.lowerBound + section.lowerBound..<local.upperBound + section.lowerBound)
        result.append(
          token.id, typeID: 0, offset: origin.lowerBound + base..<origin.upperBound + base)
        start = end
      }
    }
  }
}
