import ApusFiles

extension TokenizerTrainer {
  func trainUnigram(on corpus: Corpus) throws -> (Tokenizer, Corpus.Report) {
    guard let unknown = specialTokens.firstIndex(where: Self.unknownTokens.contains) else {
      throw InputError(
        expected: "a special token \(Self.unknownTokens.joined(separator: " or "))",
        found: "\(specialTokens)")
    }
    let bytes = fallsBackToBytes ? (UInt8.min...UInt8.max).map(ByteFallback.token) : []
    let preTokenizer = MetaspacePreTokenizer()
    let (inner, last, report) = try WordCounts.countingLastApart(
      corpus, normalizer: unigramNormalizer, preTokenizer: preTokenizer, threadCount: threadCount)
    let units = UnigramUnits(inner, last, coverage: characterCoverage)
    let taken = Set((specialTokens + bytes).map { Array($0.utf8) })
    try requireRoom(for: taken.count + units.alphabet.count)
    let seeds = try FrequentSubstrings(
      of: inner, last: last, in: units, threadCount: threadCount)
    var trainer = UnigramTrainer(units, seeds: seeds, threadCount: threadCount)
    let learned = trainer.train(size: vocabularySize - taken.count).filter {
      !taken.contains($0.token)
    }
    let model = try Unigram(
      vocabulary(
        (specialTokens + bytes).map { Array($0.utf8) } + learned.map(\.token)),
      scores: Array(repeating: 0, count: specialTokens.count + bytes.count)
        + learned.map { Double(Float($0.score)) },
      kinds: makesSentencePiece ? kinds(unknown, bytes.count, learned.count) : nil,
      unknownID: Int32(unknown), fallsBackToBytes: fallsBackToBytes)
    let tokenizer =
      try makesSentencePiece
      ? Tokenizer(
        normalizer: unigramNormalizer, preTokenizer: SentencePiecePreTokenizer(), model: model,
        decoder: SentencePieceDecoder(
          unknownToken: specialTokens[unknown], fallsBackToBytes: fallsBackToBytes),
        addedTokens: addedTokens.enumerated().map { index, token in
          var token = token
          token.isFound = false
          token.isSpecial = index != unknown
          return token
        })
      : Tokenizer(
        normalizer: unigramNormalizer, preTokenizer: preTokenizer, model: model,
        decoder: unigramDecoder, addedTokens: addedTokens)
    return (tokenizer, report)
  }

  private static let unknownTokens = ["<unk>", "[UNK]"]

  /// Compatibility forms are made one and runs of spaces one space, as is usual for such models.
  private var unigramNormalizer: any Normalizer {
    if makesSentencePiece { return SentencePieceNormalizer() }
    return SequenceNormalizer([
      NMTNormalizer(), UnicodeNormalizer(.nfkc),
      ReplaceNormalizer(.whitespace(atLeast: 2, onlySpaces: true), with: " "),
    ])
  }

  private var unigramDecoder: any TokenDecoder {
    fallsBackToBytes
      ? SequenceDecoder([ByteFallbackDecoder(), MetaspaceDecoder()]) : MetaspaceDecoder()
  }

  private func kinds(_ unknown: Int, _ byteCount: Int, _ learnedCount: Int) -> [PieceKind] {
    specialTokens.indices.map { $0 == unknown ? .unknown : .control }
      + Array(repeating: .byte, count: byteCount) + Array(repeating: .normal, count: learnedCount)
  }
}
