import ApusFiles
import Foundation
import Testing

@testable import ApusText

@Suite struct ShardTests {
  private func tokenizer(_ name: String = "bpe") throws -> Tokenizer {
    try Tokenizer(contentsOf: golden("\(name).tokenizer.json"))
  }

  private func corpus() throws -> Corpus {
    try Corpus([golden("training.txt")], documents: .blankLines)
  }

  private func shardBytes(_ directory: String) throws -> [Data] {
    try FileManager.default.contentsOfDirectory(atPath: directory).sorted().map {
      try Data(contentsOf: URL(filePath: "\(directory)/\($0)"))
    }
  }

  @Test(arguments: [1 << 28, 1 << 12]) func holdsWhatWasEncoded(shardSize: Int) throws {
    let directory = try TemporaryDirectory()
    let tokenizer = try tokenizer()
    let corpus = try corpus()
    var options = PrepareOptions()
    options.endOfText = tokenizer.id(of: Tokenizer.endOfText)
    options.shardSize = shardSize
    options.threadCount = 2
    let report = try prepare(corpus, with: tokenizer, into: directory.path, options)
    let shards = try TokenShards(directory.path)
    try shards.verify()
    #expect((report.shards > 1) == (shardSize < 1 << 20))
    #expect(shards.documentCount == report.corpus.documents)
    #expect(shards.tokenCount == report.tokens)
    #expect(shards.fingerprint == tokenizer.fingerprint)
    #expect(shards.vocabularySize == tokenizer.vocabularySize)
    #expect(!shards.hasSentences)
    var stream: [Int32] = []
    var document = 0
    try corpus.forEachDocument { text, _ in
      var expected: [Int32] = []
      tokenizer.encode(text, into: &expected)
      expected.append(0)
      #expect(shards.tokens(ofDocument: document) == expected)
      let range = shards.tokenRange(ofDocument: document)
      #expect(range == stream.count..<stream.count + expected.count)
      #expect(shards.document(ofToken: range.lowerBound) == document)
      #expect(shards.document(ofToken: range.upperBound - 1) == document)
      #expect(shards.sentenceRanges(ofDocument: document) == [0..<expected.count])
      stream += expected
      document += 1
    }
    #expect(shards.withTokens(0..<shards.tokenCount, Array.init) == stream)
    for start in stride(from: 0, to: stream.count - 50, by: 997) {
      let part = shards.withTokens(start..<start + 50, Array.init)
      #expect(part == Array(stream[start..<start + 50]))
    }
  }

  @Test(arguments: ["bpe", "bpe-prefix", "wordpiece", "character"])
  func keepsSentencesWithoutChangingTokens(_ name: String) throws {
    let directory = try TemporaryDirectory()
    let text = """
      First one. Second one!  Third, "quoted." (Fourth) is here? yes it goes on.
       Indented line of Mr. Smith. \n\tLast.
      """
    let path = try directory.write(text + "\n\nAnother document. With two.  ", to: "text.txt")
    let tokenizer = try tokenizer(name)
    let corpus = try Corpus([path], documents: .blankLines)
    var options = PrepareOptions()
    try prepare(corpus, with: tokenizer, into: "\(directory.path)/plain", options)
    options.keepsSentences = true
    options.endOfText = 1
    let report = try prepare(corpus, with: tokenizer, into: "\(directory.path)/sentences", options)
    let plain = try TokenShards("\(directory.path)/plain")
    let shards = try TokenShards("\(directory.path)/sentences")
    #expect(shards.hasSentences)
    #expect(report.sentences == 8)
    for document in 0..<2 {
      let tokens = shards.tokens(ofDocument: document)
      #expect(tokens == plain.tokens(ofDocument: document) + [1])
      let sentences = shards.sentenceRanges(ofDocument: document)
      #expect(sentences.count == [6, 2][document])
      #expect(sentences.first?.lowerBound == 0)
      #expect(sentences.last?.upperBound == tokens.count)
      for (first, second) in zip(sentences, sentences.dropFirst()) {
        #expect(first.upperBound == second.lowerBound)
      }
    }
  }

  @Test func doesNotDependOnThreads() throws {
    let tokenizer = try tokenizer("wordpiece")
    var results: [[Data]] = []
    for threads in [1, 2, 5] {
      let directory = try TemporaryDirectory()
      var options = PrepareOptions()
      options.threadCount = threads
      options.keepsSentences = true
      options.shardSize = 1 << 14
      try prepare(corpus(), with: tokenizer, into: directory.path, options)
      results.append(try shardBytes(directory.path))
    }
    #expect(results[0].count > 1)
    #expect(results[0] == results[1])
    #expect(results[0] == results[2])
  }

  @Test func replacesOlderShards() throws {
    let directory = try TemporaryDirectory()
    var options = PrepareOptions()
    options.shardSize = 1 << 12
    try prepare(corpus(), with: tokenizer(), into: directory.path, options)
    #expect(try shardBytes(directory.path).count > 1)
    options.shardSize = 1 << 28
    try prepare(corpus(), with: tokenizer(), into: directory.path, options)
    #expect(try shardBytes(directory.path).count == 1)
    try TokenShards(directory.path).verify()
  }

  @Test func refusesShardsOfDifferentTokenizers() throws {
    let directory = try TemporaryDirectory()
    let other = try TemporaryDirectory()
    try prepare(corpus(), with: tokenizer(), into: directory.path)
    try prepare(corpus(), with: tokenizer("wordpiece"), into: other.path)
    try FileManager.default.copyItem(
      atPath: "\(other.path)/tokens-00000.shard", toPath: "\(directory.path)/tokens-00001.shard")
    #expect(throws: InputError.self) { try TokenShards(directory.path) }
  }

  @Test func refusesDirectoriesWithoutShards() throws {
    let directory = try TemporaryDirectory()
    #expect(throws: InputError.self) { try TokenShards(directory.path) }
    #expect(throws: FileError.self) { try TokenShards("\(directory.path)/none") }
  }

  @Test func storesWideTokens() throws {
    let directory = try TemporaryDirectory()
    let vocabulary = try Vocabulary([(Array("x".utf8), 0), (Array("y".utf8), 70000)])
    let tokenizer = try Tokenizer(
      preTokenizer: CharacterPreTokenizer(), model: Lexicon(vocabulary), decoder: FuseDecoder())
    let path = try directory.write("xyyx", to: "text.txt")
    try prepare(Corpus([path]), with: tokenizer, into: "\(directory.path)/shards")
    let shards = try TokenShards("\(directory.path)/shards")
    try shards.verify()
    #expect(shards.tokens(ofDocument: 0) == [0, 70000, 70000, 0])
  }

  @Test func damagedShardsGiveErrors() throws {
    let directory = try TemporaryDirectory()
    var options = PrepareOptions()
    options.keepsSentences = true
    let text = "One here. Two there.\n\nThree. Four!\n\nFive"
    let source = try directory.write(text, to: "text.txt")
    try prepare(
      Corpus([source], documents: .blankLines), with: tokenizer("wordpiece"),
      into: "\(directory.path)/shards", options)
    let whole = Array(try shardBytes("\(directory.path)/shards")[0])
    var random = TestRandom(state: 1)
    var refused = 0
    for round in 0..<2400 {
      var bytes = whole
      // Damage to the header is found by its checksum; with a valid one, by the other checks.
      let fixesChecksum = round % 2 == 0
      switch random.next() % 4 {
      case 0: bytes.removeLast(Int(random.next() % UInt64(bytes.count)))
      case 1:
        bytes += (0..<random.next() % 64).map { _ in UInt8(truncatingIfNeeded: random.next()) }
      case 2:
        let field = [12, 16, 32, 40, 48, 56, 64, 72, 80][Int(random.next() % 9)]
        let value = [0, 1, 3, .max, 1 << 32, 1 << 63, UInt64(bytes.count)][Int(random.next() % 7)]
        withUnsafeBytes(of: value.littleEndian) {
          bytes.replaceSubrange(field..<field + 8, with: $0)
        }
      default: break
      }
      for _ in 0..<random.next() % 4 where !bytes.isEmpty {
        bytes[Int(random.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: random.next())
      }
      if fixesChecksum, bytes.count >= 88 {
        var checksum = Checksum()
        bytes[..<84].withUnsafeBytes { checksum.update($0) }
        withUnsafeBytes(of: checksum.value.littleEndian) {
          bytes.replaceSubrange(84..<88, with: $0)
        }
      }
      let path = "\(directory.path)/damaged.shard"
      #expect(FileManager.default.createFile(atPath: path, contents: Data(bytes)))
      do {
        let shards = try TokenShards(path)
        for document in 0..<shards.documentCount {
          _ = shards.tokens(ofDocument: document)
          _ = shards.sentenceRanges(ofDocument: document)
        }
        try shards.verify()
        #expect(shards.tokenCount < bytes.count)
      } catch is InputError {
        refused += 1
      }
    }
    #expect(refused > 1600)
  }
}
