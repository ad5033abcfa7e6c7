import ApusFiles
import ApusText
import Testing

@testable import ApusTraining

@Suite struct TokenSourceTests {
  static let corpus = TestCorpus(documentCount: 200)

  private func tokens(_ source: TokenSource) -> [Int32] {
    var ids: [Int32] = []
    source.append(0..<source.tokenCount, to: &ids)
    return ids
  }

  @Test(arguments: [0, 0.01, 0.1, 0.5, 0.9])
  func partsAreTheWhole(fraction: Double) {
    let source = Self.corpus.source
    let (training, validation) = source.split(validationFraction: fraction)
    #expect(tokens(training) + tokens(validation) == tokens(source))
    let share = Double(validation.tokenCount) / Double(source.tokenCount)
    #expect(abs(share - fraction) <= fraction / 2)
    for part in [training, validation] {
      let documents = (0..<part.documentCount).map { part.document($0) }
      #expect(documents.flatMap { $0 } == Array(0..<part.tokenCount))
      #expect(
        (0..<part.documentCount).flatMap { part.sentences($0) }.flatMap { $0 }
          == Array(0..<part.tokenCount))
    }
    // Documents are short against the fraction: none is cut.
    if fraction >= 0.1 {
      #expect(training.documentCount + validation.documentCount == source.documentCount)
    }
  }

  @Test func aSingleDocumentIsCut() {
    let corpus = TestCorpus(documentCount: 1, longestSentence: 100, sentenceCount: 40)
    let (training, validation) = corpus.source.split(validationFraction: 0.1)
    #expect(training.documentCount == 1 && validation.documentCount == 1)
    #expect(validation.tokenCount == Int((0.1 * Double(corpus.tokenCount)).rounded()))
  }

  /// Batches from shards are those of the same tokens in memory, with the tokenizer's words.
  @Test func shardsGiveTheSameBatches() throws {
    let corpus = Self.corpus
    let names = ["[PAD]", "[CLS]", "[SEP]", "[MASK]", "[UNK]"]
    let tokens = (0..<corpus.vocabularySize).map { id in
      id < names.count ? names[id] : corpus.vocabulary.isContinuation[id] ? "##\(id)" : "w\(id)"
    }
    let tokenizer = try Tokenizer(bert: Vocabulary(tokens))
    let directory = try TemporaryDirectory()
    var writer = TokenShardWriter(directory: directory.path, tokenizer: tokenizer, shardSize: 2000)
    for (document, sentences) in zip(corpus.documents, corpus.sentences) {
      let ids = document.map { TestCorpus.base + Int32($0) }
      let ends = sentences.map { Int32($0.upperBound - document.lowerBound) }
      try ids.withUnsafeBufferPointer { ids in
        try ends.withUnsafeBufferPointer { try writer.append(ids, sentenceEnds: $0) }
      }
    }
    try writer.finish()
    #expect(writer.shardCount > 3)
    let shards = TokenSource(try TokenShards(directory.path), name: directory.path)

    var objective = ObjectiveRecipe(kind: .masked)
    objective.wholeWord = true
    let vocabulary = try MaskingVocabulary(tokenizer)
    #expect(vocabulary.isSpecial == tokens.indices.map { $0 < names.count })
    var batches = try [shards, corpus.source].map {
      try MaskedBatches(
        $0, objective: objective, vocabulary: vocabulary, contextLength: 24, size: .tokens(96),
        order: .shuffled(seed: 8))
    }
    for _ in 0..<100 {
      let (first, second) = (try batches[0].next(), try batches[1].next())
      #expect(first == second)
    }
  }

  @Test func aTokenizerWithoutAMaskIsRefused() throws {
    let tokenizer = try Tokenizer(model: WordPiece(Vocabulary(["[UNK]", "[CLS]", "[SEP]", "a"])))
    #expect(
      throws: InputError(
        expected: "a tokenizer with [MASK] for masked examples", found: "none")
    ) { try MaskingVocabulary(tokenizer) }
  }
}
