import ApusText

/// A text in which an answer is looked for, and the windows that it is read through.
public struct AnswerContext: Sendable, Hashable {
  public let text: String
  public var windows: [AnswerWindow]
}

/// A part of a context behind the whole of a question, as an encoder reads them.
public struct AnswerWindow: Sendable, Hashable {
  public let passage: Passage
  /// The tokens of the passage that are of the context.
  public let tokens: Range<Int>
  /// Where each of these tokens stands in the context, in UTF-8 bytes.
  public let offsets: [Range<Int>]

  /// The tokens that hold a part of the context; nil where the window does not have all of it.
  ///
  /// - Parameter range: Bytes of the context.
  /// - Returns: Tokens of the passage.
  public func tokens(of range: Range<Int>) -> ClosedRange<Int>? {
    guard let first = offsets.first, let last = offsets.last,
      first.lowerBound <= range.lowerBound, range.upperBound <= last.upperBound,
      let begin = offsets.lastIndex(where: { $0.lowerBound <= range.lowerBound }),
      let end = offsets.firstIndex(where: { $0.upperBound >= range.upperBound }), begin <= end
    else { return nil }
    return tokens.lowerBound + begin...tokens.lowerBound + end
  }

  /// The bytes of the context that tokens of the passage hold.
  public func bytes(of range: ClosedRange<Int>) -> Range<Int> {
    let begin = offsets[range.lowerBound - tokens.lowerBound].lowerBound
    return begin..<max(begin, offsets[range.upperBound - tokens.lowerBound].upperBound)
  }
}

extension PassageReader {
  /// Cuts a context into windows that fit behind a question.
  ///
  /// - Parameters:
  ///   - context: The text to look in.
  ///   - question: Kept whole in each window.
  ///   - stride: The tokens that a window shares with the one before; at most half of its own.
  /// - Returns: The context with at least one window; nil if the question leaves no room for it.
  /// - Source: Devlin et al. 2019, their reader of SQuAD.
  public func context(_ context: String, of question: String, stride: Int) -> AnswerContext? {
    let count = tokens(of: question).ids.count
    let room = maximumLength - tokenizer.specialTokenCount(isPair: true) - count
    guard room > 0 else { return nil }
    let limit = Truncation(
      maximumLength: maximumLength, strategy: .onlySecond, stride: min(stride, room / 2))
    let windows = windows(of: question, context, limit: limit).map { encoding in
      let own = encoding.specialTokensMask.indices.filter { !encoding.specialTokensMask[$0] }
      let tokens = own.dropFirst(count)
      let range = (tokens.first ?? 0)..<(tokens.last.map { $0 + 1 } ?? 0)
      return AnswerWindow(
        passage: passage(of: encoding), tokens: range, offsets: Array(encoding.offsets[range]))
    }
    return AnswerContext(text: context, windows: windows)
  }
}
