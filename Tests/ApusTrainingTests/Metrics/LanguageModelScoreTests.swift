import ApusTraining
import Foundation
import Testing

@Suite struct LanguageModelScoreTests {
  /// A uniform choice among 256 for each of three bytes: perplexity 256, eight bits a byte.
  @Test func uniformPredictions() throws {
    let score = LanguageModelScore(nats: 3 * log(256), tokenCount: 3, byteCount: 3, wordCount: 1)
    #expect(abs(score.perplexity - 256) < 1e-9)
    #expect(try abs(#require(score.bitsPerByte) - 8) < 1e-12)
    #expect(abs(score.wordPerplexity - 16_777_216) < 1e-3)
  }

  @Test func partsAddUp() {
    var score = LanguageModelScore(nats: 6, tokenCount: 4, byteCount: 12, wordCount: 3)
    score += LanguageModelScore(nats: 2, tokenCount: 12, byteCount: 20, wordCount: 5)
    #expect(score == LanguageModelScore(nats: 8, tokenCount: 16, byteCount: 32, wordCount: 8))
    #expect(score.loss == 0.5)
  }

  /// An unknown token does not tell the bytes of its word.
  @Test func unknownTokensHaveNoRate() {
    var score = LanguageModelScore(nats: 6, tokenCount: 4, byteCount: 12)
    score += LanguageModelScore(nats: 1, tokenCount: 2, byteCount: 3, unknownCount: 2)
    #expect(score.unknownCount == 2 && score.bitsPerByte == nil && score.tokenCount == 6)
  }

  @Test func nothingHasNoLoss() {
    #expect(LanguageModelScore().loss.isNaN)
    #expect(LanguageModelScore().bitsPerByte?.isNaN == true)
  }
}
