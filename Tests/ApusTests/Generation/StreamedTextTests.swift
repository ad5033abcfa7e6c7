import ApusFiles
import ApusText
import Testing

@testable import Apus

@Suite struct StreamedTextTests {
  /// What is shown for each token after a prompt, and at the end.
  private func pieces(
    _ tokenizer: Tokenizer, _ tokens: [String], after prompt: [String] = []
  ) throws -> [String?] {
    func ids(_ tokens: [String]) throws -> [Int32] {
      try tokens.map { try #require(tokenizer.id(of: $0)) }
    }
    var text = StreamedText(tokenizer, after: try ids(prompt))
    return try ids(tokens).map { text.append($0) } + [text.finish()]
  }

  @Test func bytesWaitForTheirCharacter() throws {
    let tokenizer = try Tokenizer(json: TokenizerSamples.byteFallback)
    let pieces = try pieces(
      tokenizer, ["▁a", "<0xE4>", "<0xBD>", "<0xA0>", "b", "<0xE4>"], after: ["<s>"])
    #expect(pieces == ["a", nil, nil, "你", "b", nil, "\u{FFFD}"])
  }

  @Test func aCharacterThatIsNeverWholeGivesWayToTheNext() throws {
    let tokenizer = try Tokenizer(json: TokenizerSamples.byteFallback)
    #expect(try pieces(tokenizer, ["<0xE4>", "▁a"]) == [nil, "\u{FFFD} a", nil])
  }

  @Test func spacesAfterThePromptAreKept() throws {
    for json in [TokenizerSamples.byteFallback, TokenizerSamples.unigram] {
      let tokenizer = try Tokenizer(json: json)
      #expect(try pieces(tokenizer, ["▁a", "b"], after: ["▁a"]) == [" a", "b", nil])
      #expect(try pieces(tokenizer, ["▁a", "b"], after: ["<s>"]) == ["a", "b", nil])
      let spaces = try pieces(tokenizer, ["▁", "▁", "▁a"], after: ["b", "▁"])
      #expect(spaces == [" ", " ", " a", nil])
    }
  }

  @Test func spacesInsideATextAreKeptThatVanishAtItsBeginning() throws {
    let parts = try Tokenizer(json: TokenizerSamples.unigram)
    let tokenizer = try Tokenizer(
      model: parts.model, decoder: SentencePieceDecoder(), addedTokens: parts.addedTokens)
    #expect(try pieces(tokenizer, ["▁", "▁", "▁a"]) == [nil, nil, "a", nil])
    #expect(try pieces(tokenizer, ["▁", "▁", "▁a"], after: ["b"]) == [" ", " ", " a", nil])
    #expect(try pieces(tokenizer, ["▁", "▁a"], after: ["b", "▁"]) == [" ", " a", nil])
  }

  @Test func wordPiecesContinueThePrompt() throws {
    let model = try WordPiece(Vocabulary(["[UNK]", "box", "##es", "fox"]))
    let tokenizer = try Tokenizer(model: model, decoder: WordPieceDecoder())
    #expect(try pieces(tokenizer, ["##es", "fox"], after: ["box"]) == ["es", " fox", nil])
  }

  @Test func piecesJoinToWhatTheTokensStandFor() throws {
    for json in [TokenizerSamples.byteFallback, TokenizerSamples.unigram] {
      let tokenizer = try Tokenizer(json: json)
      let ids = (0..<200).map { Int32(1 + ($0 * $0 * 7 + $0 / 3) % (tokenizer.vocabularySize - 1)) }
      for cut in [0, 1, 7, 150] {
        var text = StreamedText(tokenizer, after: Array(ids[..<cut]))
        for id in ids[cut...] { _ = text.append(id) }
        _ = text.finish()
        let (whole, start) = (tokenizer.decodeBytes(ids), tokenizer.decodeBytes(ids[..<cut]))
        #expect(text.whole == String(decoding: whole.dropFirst(start.count), as: UTF8.self))
      }
    }
  }
}
