import ApusFiles
import Foundation
import Testing

@testable import ApusText

@Suite struct TrainerTests {
  private func trained(
    _ kind: TokenizerTrainer.Kind, _ size: Int, threads: Int = 1,
    _ change: (inout TokenizerTrainer) -> Void = { _ in }
  ) throws -> Tokenizer {
    var trainer = TokenizerTrainer(kind, vocabularySize: size)
    trainer.threadCount = threads
    change(&trainer)
    return try trainer.train(on: Corpus([golden("training.txt")], documents: .files)).tokenizer
  }

  private func tokens(_ tokenizer: Tokenizer) -> [String?] {
    (0..<Int32(tokenizer.vocabularySize)).map(tokenizer.token(of:))
  }

  @Test func bpeEqualsHuggingFace() throws {
    let ours = try trained(.bpe, 600)
    let theirs = try Tokenizer(contentsOf: golden("bpe.tokenizer.json"))
    #expect(tokens(ours) == tokens(theirs))
    let merges = try (
      #require(ours.model as? ByteLevelBPE), #require(theirs.model as? ByteLevelBPE)
    )
    #expect(merges.0.merges == merges.1.merges)
    #expect(ours.fingerprint == theirs.fingerprint)
  }

  /// A run of one character would make tokens of twice the length again and again.
  @Test(arguments: [TokenizerTrainer.Kind.bpe, .wordpiece])
  func longRunsMakeNoTokensWithoutEnd(_ kind: TokenizerTrainer.Kind) throws {
    let directory = try TemporaryDirectory()
    let file = try directory.write(String(repeating: "a", count: 300_000), to: "a.txt")
    let trainer = TokenizerTrainer(kind, vocabularySize: 600)
    let trained = try trainer.train(on: Corpus([file], documents: .files)).tokenizer
    let lengths = tokens(trained).map { $0?.utf8.count ?? 0 }
    #expect(lengths.allSatisfy { $0 <= Vocabulary.maximumTokenBytes })
    #expect((lengths.max() ?? 0) > 1000)
  }

  @Test func wordPieceEqualsHuggingFace() throws {
    for (name, lowercases) in [("wordpiece", true), ("wordpiece-cased", false)] {
      let ours = try trained(.wordpiece, 260) { $0.lowercases = lowercases }
      let theirs = try Tokenizer(contentsOf: golden("\(name).tokenizer.json"))
      #expect(tokens(ours) == tokens(theirs))
      #expect(ours.fingerprint == theirs.fingerprint)
    }
  }

  @Test func charactersEqualHuggingFace() throws {
    let ours = try trained(.character, 1000)
    let theirs = try Tokenizer(contentsOf: golden("character.tokenizer.json"))
    #expect(tokens(ours) == tokens(theirs))
    #expect(ours.fingerprint == theirs.fingerprint)
  }

  @Test func wordsEqualHuggingFace() throws {
    for (name, size, splitsAtWhitespaceOnly) in [("word", 60, false), ("word-split", 1000, true)] {
      let ours = try trained(.word, size) {
        $0.minimumFrequency = 3
        $0.specialTokens = ["[UNK]", "[PAD]"]
        $0.lowercases = !splitsAtWhitespaceOnly
        $0.splitsAtWhitespaceOnly = splitsAtWhitespaceOnly
      }
      let theirs = try Tokenizer(contentsOf: golden("\(name).tokenizer.json"))
      #expect(tokens(ours) == tokens(theirs))
      #expect(ours.fingerprint == theirs.fingerprint)
    }
  }

  @Test(arguments: TokenizerTrainer.Kind.allCases)
  func doesNotDependOnThreads(_ kind: TokenizerTrainer.Kind) throws {
    let directory = try TemporaryDirectory()
    let text = try String(contentsOfFile: golden("training.txt"), encoding: .utf8)
    let path = try directory.write(String(repeating: text, count: 40), to: "long.txt")
    let corpus = try Corpus([path], documents: .lines)
    let fingerprints = try [1, 2, 3, 7].map { threads in
      var trainer = TokenizerTrainer(kind, vocabularySize: 400)
      trainer.threadCount = threads
      return try trainer.train(on: corpus).tokenizer.fingerprint
    }
    #expect(Set(fingerprints).count == 1)
  }
}
