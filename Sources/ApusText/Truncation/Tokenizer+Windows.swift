extension Tokenizer {
  /// Encodes a text, or a pair of texts, within a length, and what goes beyond it as well.
  ///
  /// - Parameters:
  ///   - text: The text.
  ///   - pairText: A second text, as for questions about a passage.
  ///   - limit: The length and what is cut; nil goes by `truncation`, and if that is nil too,
  ///     nothing is cut.
  ///   - addsSpecialTokens: Whether the post-processor may add tokens, to each window.
  /// - Returns: What is left of the texts, then the windows that overflow, in the order of
  ///   Hugging Face's `overflowing`. There is always a first.
  /// - Throws: `TruncationError` for a limit that the texts can't be cut to.
  public func windows(
    of text: String, _ pairText: String? = nil, limit: Truncation? = nil,
    addsSpecialTokens: Bool = true
  ) throws(TruncationError) -> [Encoding] {
    let cut = try cut(text, pairText, limit, addsSpecialTokens: addsSpecialTokens)
    let firsts = cut.firstWindows.map { cut.first[$0] }
    guard let second = cut.second else {
      return firsts.map { join($0, of: text, nil, of: "", addsSpecialTokens: addsSpecialTokens) }
    }
    let seconds = cut.secondWindows.map { second[$0] }
    func joined(_ first: Encoding, _ second: Encoding) -> Encoding {
      join(first, of: text, second, of: pairText ?? "", addsSpecialTokens: addsSpecialTokens)
    }
    // All windows of the first text with all of the second; what is left of the first comes last.
    let overflowing = firsts.dropFirst().flatMap { first in
      seconds.map { joined(first, $0) }
    }
    return [joined(firsts[0], seconds[0])] + overflowing
      + seconds.dropFirst().map { joined(firsts[0], $0) }
  }

  /// Encodes a text, or a pair of texts, within a length: the first of `windows`, without the others.
  ///
  /// - Throws: `TruncationError` for a limit that the texts can't be cut to.
  public func encoding(
    of text: String, _ pairText: String? = nil, limit: Truncation? = nil,
    addsSpecialTokens: Bool = true
  ) throws(TruncationError) -> Encoding {
    let cut = try cut(text, pairText, limit, addsSpecialTokens: addsSpecialTokens)
    return join(
      cut.first[cut.firstWindows[0]], of: text, cut.second.map { $0[cut.secondWindows[0]] },
      of: pairText ?? "", addsSpecialTokens: addsSpecialTokens)
  }

  /// The tokens of a text and of a second one, and the windows of each within a limit: one or more.
  private func cut(
    _ text: String, _ pairText: String?, _ limit: Truncation?, addsSpecialTokens: Bool
  ) throws(TruncationError) -> (
    first: Encoding, second: Encoding?, firstWindows: [Range<Int>], secondWindows: [Range<Int>]
  ) {
    let first = alignedEncoding(of: text)
    let second = pairText.map(alignedEncoding)
    let (count, secondCount) = (first.ids.count, second?.ids.count)
    guard let limit = limit ?? truncation else {
      return (first, second, [0..<count], [0..<(secondCount ?? 0)])
    }
    let lengths = try limit.lengths(
      count, secondCount,
      specialCount: addsSpecialTokens ? specialTokenCount(isPair: second != nil) : 0)
    return (
      first, second, try limit.windows(of: count, length: lengths.first),
      try limit.windows(of: secondCount ?? 0, length: lengths.second)
    )
  }

  /// The number of special tokens around a text, or around and between a pair.
  public func specialTokenCount(isPair: Bool) -> Int {
    postProcessor?.addedTokenCount(isPair: isPair) ?? 0
  }

  /// The ids of many texts on several threads, in the order of the texts.
  ///
  /// - Parameters:
  ///   - texts: The texts.
  ///   - limit: The length and what is cut; nil goes by `truncation`, and if that is nil too,
  ///     nothing is cut. Windows that overflow are left out.
  ///   - addsSpecialTokens: Whether the post-processor may add tokens.
  ///   - threadCount: The number of threads.
  /// - Returns: The ids of each text.
  /// - Throws: `TruncationError` for a limit that a text can't be cut to.
  public func ids(
    of texts: [String], limit: Truncation? = nil, addsSpecialTokens: Bool = true,
    threadCount: Int = 1
  ) throws(TruncationError) -> [[Int32]] {
    precondition(threadCount > 0, "Tokenizer: expected at least one thread")
    let frame = SpecialTokenFrame(postProcessor, addsSpecialTokens: addsSpecialTokens)
    let limit = limit ?? truncation
    var results = [[Int32]](repeating: [], count: texts.count)
    var failures = [TruncationError?](repeating: nil, count: texts.count)
    let groups = Self.groups(of: texts, count: threadCount * 8)
    results.withUnsafeMutableBufferPointer { results in
      failures.withUnsafeMutableBufferPointer { failures in
        concurrently(groups.count, threadCount: threadCount) { group, _ in
          pool.with { scratch in
            var ids: [Int32] = []
            for index in groups[group] {
              ids.removeAll(keepingCapacity: true)
              var text = texts[index]
              text.withUTF8 { encode($0, at: .start, scratch, into: &ids) }
              do throws(TruncationError) {
                results[index] = try frame.around(ids, limit: limit)
              } catch {
                failures[index] = error
              }
            }
          }
        }
      }
    }
    for case let failure? in failures { throw failure }
    return results
  }

  /// Ranges of about as many bytes each.
  private static func groups(of texts: [String], count: Int) -> [Range<Int>] {
    let size = max(1, texts.reduce(0) { $0 + $1.utf8.count } / count)
    var groups: [Range<Int>] = []
    var start = 0
    var bytes = 0
    for index in texts.indices {
      bytes += texts[index].utf8.count
      if bytes >= size || index == texts.count - 1 {
        groups.append(start..<index + 1)
        (start, bytes) = (index + 1, 0)
      }
    }
    return groups
  }
}
