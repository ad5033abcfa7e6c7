import ApusFiles
import Foundation
import Testing

@testable import ApusText

@Suite struct UnigramTrainerTests {
  private func words(_ counts: [String: Int64]) -> WordCounts {
    var words = WordCounts()
    for (word, count) in counts.sorted(by: { $0.key < $1.key }) {
      Array(word.utf8).withUnsafeBufferPointer { words.add($0, count: count) }
    }
    return words
  }

  private func trained(
    _ size: Int, on path: String = golden("training.txt"),
    _ change: (inout TokenizerTrainer) -> Void = { _ in }
  ) throws -> Tokenizer {
    var trainer = TokenizerTrainer(.unigram, vocabularySize: size)
    change(&trainer)
    return try trainer.train(on: Corpus([path], documents: .lines)).tokenizer
  }

  private func tokenCount(_ tokenizer: Tokenizer, of path: String) throws -> Int {
    try contents(of: path).split(separator: 10).reduce(0) {
      $0 + tokenizer.plainIDs($1).count
    }
  }

  /// The learned tokens serve the text, and one not seen, as well as those of the peers.
  @Test func splitsTextIntoAsFewTokensAsThePeers() throws {
    let small = golden("training.txt")
    // A few sentences repeated: SentencePiece finds no more than 94 tokens in them, and Hugging
    // Face's trainer, which lets letters stand with punctuation, 112.
    let theirs = try Tokenizer(contentsOf: golden("unigram.tokenizer.json"))
    let ours = try trained(theirs.model.vocabulary.count)
    #expect(ours.vocabularySize <= theirs.model.vocabulary.count)
    #expect(try tokenCount(ours, of: small) <= tokenCount(theirs, of: small))
    let stories = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "corpora/stories.txt").path
    let peer = try Tokenizer(contentsOf: golden("sentencepiece.nmt.model"))
    let trained = try trained(peer.vocabularySize, on: stories)
    #expect(trained.vocabularySize == peer.vocabularySize)
    for text in [stories, small] {
      let (found, expected) = try (tokenCount(trained, of: text), tokenCount(peer, of: text))
      #expect(found * 100 <= expected * 101, "\(text): \(found) tokens, SentencePiece \(expected)")
    }
  }

  @Test func resultDoesNotDependOnTheThreads() throws {
    let one = try trained(200)
    for threadCount in [2, 3, 7] {
      #expect(try trained(200) { $0.threadCount = threadCount }.fingerprint == one.fingerprint)
    }
  }

  @Test func fallsBackToBytes() throws {
    let tokenizer = try trained(600) { $0.fallsBackToBytes = true }
    let ids = tokenizer.encode("the 中 kettle").ids
    #expect(ids.contains(try #require(tokenizer.id(of: "<0xE4>"))))
    #expect(tokenizer.decode(ids) == "the 中 kettle")
    #expect(!ids.contains(0))
  }

  @Test func writesSentencePieceModels() throws {
    let directory = try TemporaryDirectory()
    let tokenizer = try trained(300) { $0.makesSentencePiece = true }
    try tokenizer.save(to: "\(directory.path)/x.model")
    let again = try Tokenizer(contentsOf: "\(directory.path)/x.model")
    #expect(again.fingerprint == tokenizer.fingerprint)
    let plain = try trained(300)
    for line in try contents(of: golden("training.txt")).split(separator: 10) {
      let text = String(decoding: line, as: UTF8.self)
      let ids = again.plainIDs(line)
      #expect(ids == plain.plainIDs(line))
      #expect(again.decode(ids) == text)
    }
    #expect(again.isSpecial(1))
    #expect(again.encode("<s>").ids.contains(1) == false)
  }

  @Test func refusesWhatCannotBe() throws {
    #expect(throws: InputError.self) { try trained(20) }
    #expect(throws: InputError.self) { try trained(300) { $0.specialTokens = ["<s>"] } }
  }

  @Test func unusualTextsAreTrainedOn() throws {
    let directory = try TemporaryDirectory()
    let empty = try directory.write("", to: "empty.txt")
    #expect(throws: InputError.self) { try trained(300, on: empty) }
    let long = String(repeating: "ab中", count: 200_000)
    let unspaced = try trained(40, on: directory.write(long, to: "long.txt"))
    #expect(unspaced.plainIDs(long.utf8).count < 200_000)
    let invalid = try trained(
      30, on: directory.write([0xFF, 0x61, 0x62, 0x20, 0xC3, 0x61, 0x62, 0x0A], to: "bad.txt"))
    #expect(invalid.plainIDs("ab ab".utf8).count <= 4)
  }

  @Test func countsSubstringsAsTheDefinitionSays() throws {
    var random = TestRandom(state: 21)
    for _ in 0..<60 {
      var inner: [String: Int64] = [:]
      var last: [String: Int64] = [:]
      for index in 0..<30 {
        let length = 1 + Int(random.next() % 20)
        let word = String((0..<length).map { _ in "abé".randomElement(using: &random) ?? "a" })
        let count = Int64(random.next() % 4) + 1
        if index % 3 == 0 {
          last[word, default: 0] += count
        } else {
          inner[word, default: 0] += count
        }
      }
      var expected: [String: Int64] = [:]
      var following: [String: Set<Character>] = [:]
      for (words, end) in [(inner, Character("$")), (last, "#")] {
        for (word, count) in words {
          let marked = Array(word) + [end]
          for start in 0..<marked.count - 1 {
            for stop in start + 1..<min(marked.count, start + 1 + FrequentSubstrings.longest) {
              let text = String(marked[start..<stop])
              expected[text, default: 0] += count
              following[text, default: []].insert(marked[stop])
            }
          }
        }
      }
      expected = expected.filter { $0.key.count == 1 || following[$0.key, default: []].count > 1 }
      let all = inner.merging(last) { $0 + $1 }
      let substrings = try FrequentSubstrings(
        of: words(inner), last: words(last), in: UnigramUnits(words(all), coverage: 1),
        threadCount: 2)
      var found: [String: Int64] = [:]
      var previous: [UInt8] = []
      for substring in substrings.most(.max) {
        var bytes: [UInt8] = []
        substrings.append(substring, to: &bytes)
        #expect(previous.lexicographicallyPrecedes(bytes))
        previous = bytes
        found[String(decoding: bytes, as: UTF8.self)] = substring.count
      }
      #expect(found == expected)
    }
  }

  @Test func joinsNoLettersWithOtherCharacters() throws {
    let counts: [String: Int64] = ["▁ab1": 5, "▁ab2": 4, "▁ab,": 3, "▁12,": 2, "▁12.": 2, "▁z": 9]
    let units = UnigramUnits(words(counts), coverage: 1)
    let substrings = try FrequentSubstrings(
      of: words(counts), last: WordCounts(), in: units, threadCount: 1)
    let found = substrings.most(.max).filter { $0.length > 1 }.map { substring in
      var bytes: [UInt8] = []
      substrings.append(substring, to: &bytes)
      return String(decoding: bytes, as: UTF8.self)
    }
    #expect(Set(found) == ["▁ab", "ab", "▁12", "12"])
  }

  @Test func refusesMoreTextThanPlacesCanNumber() throws {
    let counts = words(["▁ab": 5, "▁c": 4])
    let units = UnigramUnits(counts, coverage: 1)
    // Five characters, and the ends of two words.
    for (maximum, isEnough) in [(6, false), (7, true)] {
      let substrings = try? FrequentSubstrings(
        of: counts, last: WordCounts(), in: units, threadCount: 1, maximumCount: maximum)
      #expect((substrings != nil) == isEnough)
    }
  }

  /// Every path over a short text is tried.
  @Test func expectsTokensAsTheDefinitionSays() throws {
    let counts: [String: Int64] = ["abab": 9, "aab": 7, "ba": 5, "bab": 3, "éab": 4]
    let units = UnigramUnits(words(counts), coverage: 1)
    let pieces = try UnigramPieces(
      FrequentSubstrings(of: words(counts), last: WordCounts(), in: units, threadCount: 1),
      limit: 100)
    let texts = pieces.ranges.map { String(decoding: pieces.bytes[$0], as: UTF8.self) }
    let scores = Dictionary(uniqueKeysWithValues: zip(texts, pieces.scores))
    func paths(_ rest: Substring) -> [[String]] {
      if rest.isEmpty { return [[]] }
      return (1...rest.count).flatMap { count -> [[String]] in
        let head = String(rest.prefix(count))
        return scores[head] == nil ? [] : paths(rest.dropFirst(count)).map { [head] + $0 }
      }
    }
    let lattice = UnigramLattice()
    let gains = UnigramLattice.gains(of: pieces)
    for text in ["abab", "éabab", "bbaab"] {
      let weights = paths(text[...]).map { path in
        (path, exp(path.reduce(0) { $0 + (scores[$1] ?? 0) }))
      }
      let whole = weights.reduce(0) { $0 + $1.1 }
      var expected: [String: Double] = [:]
      for (path, weight) in weights {
        for token in path { expected[token, default: 0] += weight / whole }
      }
      var found: [String: Double] = [:]
      Array(text.utf8).withUnsafeBufferPointer { bytes in
        gains.withUnsafeBufferPointer { gains in
          lattice.forEachExpectation(of: bytes, pieces.trie(), gains: gains) {
            found[texts[Int($0)], default: 0] += $1
          }
        }
      }
      #expect(Set(found.keys) == Set(expected.keys))
      for (token, value) in expected { #expect(abs((found[token] ?? 0) - value) < 1e-12) }
    }
  }

  /// Values of Abramowitz & Stegun 1964, tables 6.1 and 6.3.
  @Test func digammaHasItsTabulatedValues() {
    let values = [
      (1, -0.577_215_664_9), (0.5, -1.963_510_026_0), (2, 0.422_784_335_1), (10, 2.251_752_589_1),
      (100, 4.600_161_852_7),
    ]
    for (x, value) in values { #expect(abs(UnigramTrainer.digamma(x) - value) < 1e-9) }
  }
}
