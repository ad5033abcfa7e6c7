import ApusModels
import Glibc

/// What a model finds of an answer in a context: the best part of it, and how well none fits.
public struct SpanAnswer: Sendable, Hashable {
  /// A part of the context.
  public struct Span: Sendable, Hashable {
    /// Where it stands in the context, in UTF-8 bytes.
    public var range: Range<Int>
    public var text: String
    /// The sum of the scores of begin and end.
    public var score: Float
    /// What the model gives its begin and end among the tokens of their window.
    public var probability: Float
  }

  /// Nil for a context without tokens.
  public var best: Span?
  /// The score of no answer, which has begin and end at the first token of a window.
  public var nothingScore: Float
  public var nothingProbability: Float

  /// How far no answer is ahead of the best span.
  public var nothingLead: Float { best.map { nothingScore - $0.score } ?? .infinity }

  public init(best: Span?, nothingScore: Float, nothingProbability: Float) {
    self.best = best
    self.nothingScore = nothingScore
    self.nothingProbability = nothingProbability
  }

  /// What one window says.
  ///
  /// - Parameters:
  ///   - begins: The score of each token of the window as the first of the answer.
  ///   - ends: As the last.
  ///   - window: Which of the tokens are of the context; no other can be in an answer.
  ///   - context: The context.
  ///   - longest: The most tokens of an answer.
  init(
    begins: [Float], ends: [Float], in window: AnswerWindow, of context: String, longest: Int
  ) {
    let (beginSum, endSum) = (logSumExp(begins), logSumExp(ends))
    func probability(_ begin: Int, _ end: Int) -> Float {
      exp(begins[begin] - beginSum + ends[end] - endSum)
    }
    var best: (tokens: ClosedRange<Int>, score: Float)?
    for begin in window.tokens {
      for end in begin..<min(begin + longest, window.tokens.upperBound) {
        let score = begins[begin] + ends[end]
        if score > best?.score ?? -.infinity { best = (begin...end, score) }
      }
    }
    self.init(
      best: best.map { tokens, score in
        let range = context.wholeRange(of: window.bytes(of: tokens))
        return Span(
          range: range, text: context.text(in: range), score: score,
          probability: probability(tokens.lowerBound, tokens.upperBound))
      },
      nothingScore: begins[0] + ends[0], nothingProbability: probability(0, 0))
  }

  /// What all windows say together: the best span of any, and the least score of no answer.
  ///
  /// - Source: Devlin et al. 2019, their reader of SQuAD: a window that has the answer denies none.
  init(ofWindows windows: some Collection<SpanAnswer>) {
    let spans = windows.compactMap(\.best)
    let least = windows.min { $0.nothingScore < $1.nothingScore }
    self.init(
      best: spans.dropFirst().reduce(spans.first) { best, span in
        best.map { span.score > $0.score ? span : $0 }
      },
      nothingScore: least?.nothingScore ?? 0, nothingProbability: least?.nothingProbability ?? 1)
  }

  /// What is answered.
  ///
  /// - Parameter threshold: How far no answer has to be ahead to be given; nil never gives it.
  /// - Returns: Nil for no answer.
  public func chosen(_ threshold: Float?) -> Span? {
    guard let threshold else { return best }
    return nothingLead > threshold ? nil : best
  }
}

private func logSumExp(_ values: [Float]) -> Float {
  let greatest = values.max() ?? 0
  return greatest + log(values.reduce(0) { $0 + exp($1 - greatest) })
}

extension String {
  /// Bytes that are widened to whole characters of Unicode, then without blanks around them.
  ///
  /// Tokens may be parts of a character, and may have the blank before a word.
  fileprivate func wholeRange(of range: Range<Int>) -> Range<Int> {
    var (lower, upper) = (range.lowerBound, range.upperBound)
    let first = max(0, lower - 3)
    let bytes = Array(utf8.dropFirst(first).prefix(upper - first + 3))
    func isInside(_ place: Int) -> Bool {
      place - first < bytes.count && bytes[place - first] & 0xC0 == 0x80
    }
    while lower > first, isInside(lower) { lower -= 1 }
    while isInside(upper) { upper += 1 }
    var scalars = text(in: lower..<upper).unicodeScalars[...]
    while let scalar = scalars.first, scalar.properties.isWhitespace {
      lower += UTF8.width(scalar)
      scalars = scalars.dropFirst()
    }
    while let scalar = scalars.last, scalar.properties.isWhitespace {
      upper -= UTF8.width(scalar)
      scalars = scalars.dropLast()
    }
    return lower..<upper
  }

  fileprivate func text(in range: Range<Int>) -> String {
    String(decoding: utf8.dropFirst(range.lowerBound).prefix(range.count), as: UTF8.self)
  }
}
