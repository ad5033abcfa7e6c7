import Glibc

/// How well a language model predicts a text: the sums of which perplexity and rate are ratios.
public struct LanguageModelScore: Codable, Hashable, Sendable {
  /// The summed −ln P of the predicted tokens, in nats.
  public var nats: Double
  /// The predicted tokens.
  public var tokenCount: Int
  /// The bytes of the text that they spell.
  public var byteCount: Int
  /// The words of the text, if they were counted.
  public var wordCount: Int
  /// The predicted tokens that stand for whatever the vocabulary lacks.
  public var unknownCount: Int
  /// The parts of the text that are not UTF-8 and counted as U+FFFD.
  public var replacementCount: Int

  public init(
    nats: Double = 0, tokenCount: Int = 0, byteCount: Int = 0, wordCount: Int = 0,
    unknownCount: Int = 0, replacementCount: Int = 0
  ) {
    self.nats = nats
    self.tokenCount = tokenCount
    self.byteCount = byteCount
    self.wordCount = wordCount
    self.unknownCount = unknownCount
    self.replacementCount = replacementCount
  }

  /// The mean loss of a token, in nats; not finite without tokens.
  public var loss: Double { nats / Double(tokenCount) }

  /// The perplexity per token: the exponential of the mean loss.
  public var perplexity: Double { exp(loss) }

  /// The perplexity per word, comparable between tokenizers; not finite without words.
  public var wordPerplexity: Double { exp(nats / Double(wordCount)) }

  /// The bits that an ideal coder driven by the model needs for a byte; not finite without bytes.
  ///
  /// Nil with unknown tokens, which do not tell the bytes that they stand for.
  public var bitsPerByte: Double? {
    unknownCount == 0 ? nats / Double(byteCount) / log(2) : nil
  }

  public static func + (a: Self, b: Self) -> Self {
    Self(
      nats: a.nats + b.nats, tokenCount: a.tokenCount + b.tokenCount,
      byteCount: a.byteCount + b.byteCount, wordCount: a.wordCount + b.wordCount,
      unknownCount: a.unknownCount + b.unknownCount,
      replacementCount: a.replacementCount + b.replacementCount)
  }

  public static func += (a: inout Self, b: Self) { a = a + b }
}
