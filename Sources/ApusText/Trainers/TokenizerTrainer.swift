import ApusFiles

/// Trains a tokenizer on a corpus.
///
/// The result depends on the text alone, not on the number of threads. Memory grows with the
/// number of distinct words, not with the corpus.
public struct TokenizerTrainer: Sendable {
  public enum Kind: String, Sendable, CaseIterable {
    /// Byte-level byte-pair encoding with GPT-2's pattern.
    case bpe
    /// BERT's word pieces.
    case wordpiece
    /// Unigram tokens of words with visible spaces, as in SentencePiece.
    case unigram
    /// A lexicon of words, the most frequent first.
    case word
    /// A lexicon of Unicode scalars, the most frequent first.
    case character

    /// Whether tokens are whole words or characters, so that the text bounds their number.
    public var isLexicon: Bool { self == .word || self == .character }
  }

  public var kind: Kind
  /// The number of tokens, special tokens and alphabet included, that is not exceeded.
  ///
  /// A text with few distinct words may give fewer.
  public var vocabularySize: Int
  /// The count from which on a pair is merged, or a word or character gets a token; not for
  /// Unigram.
  public var minimumFrequency: Int
  /// Tokens with the first ids, never split.
  public var specialTokens: [String]
  /// For word pieces and words: whether text is lower-cased; for word pieces it loses its accents
  /// as well.
  public var lowercases: Bool
  /// For words: whether they are what white space parts, as in text that is tokenized already.
  ///
  /// If not, punctuation is apart.
  public var splitsAtWhitespaceOnly = false
  /// For word pieces: how many distinct characters at most get a token, the most frequent first.
  public var alphabetLimit: Int?
  /// For byte-level BPE: whether a text is treated as if it began with a space.
  public var addsPrefixSpace = false
  /// For Unigram: the share of the text whose characters get a token; the rarest go without.
  public var characterCoverage = 0.9995
  /// For Unigram: whether characters without a token become tokens of their bytes.
  public var fallsBackToBytes = false
  /// For Unigram: whether the tokenizer has the parts of a SentencePiece model, so that it can be
  /// saved as one; such a tokenizer leaves characters as they are.
  public var makesSentencePiece = false
  public var threadCount = 1

  /// Makes a trainer with defaults that depend on the kind.
  ///
  /// - Parameters:
  ///   - kind: What to train.
  ///   - vocabularySize: The most tokens.
  ///   - minimumFrequency: By default 2, and 1 for words and characters.
  ///   - specialTokens: By default BERT's five for word pieces, `<|endoftext|>` for BPE, `<unk>`,
  ///     `<s>` and `</s>` for Unigram, and `[UNK]` for words and characters.
  public init(
    _ kind: Kind, vocabularySize: Int, minimumFrequency: Int? = nil,
    specialTokens: [String]? = nil
  ) {
    self.kind = kind
    self.vocabularySize = vocabularySize
    self.minimumFrequency = minimumFrequency ?? (kind.isLexicon ? 1 : 2)
    lowercases = kind == .wordpiece
    self.specialTokens =
      specialTokens
      ?? {
        switch kind {
        case .bpe: [Tokenizer.endOfText]
        case .wordpiece: Tokenizer.bertSpecialTokens
        case .unigram: ["<unk>", "<s>", "</s>"]
        case .word, .character: ["[UNK]"]
        }
      }()
  }

  /// Reads the corpus once and learns the vocabulary.
  ///
  /// - Throws: What reading throws; `InputError` for a vocabulary size that special tokens and
  ///   alphabet already exceed, and for special tokens that are empty or come twice.
  public func train(on corpus: Corpus) throws -> (tokenizer: Tokenizer, report: Corpus.Report) {
    precondition(threadCount > 0, "TokenizerTrainer: expected at least one thread")
    guard Set(specialTokens.map { Array($0.utf8) }).count == specialTokens.count,
      !specialTokens.contains("")
    else {
      throw InputError(
        expected: "special tokens that differ and are not empty", found: "\(specialTokens)")
    }
    guard vocabularySize <= Vocabulary.maximumCount else {
      throw InputError(
        expected: "a vocabulary of at most \(Vocabulary.maximumCount)", found: "\(vocabularySize)")
    }
    switch kind {
    case .bpe: return try trainBPE(on: corpus)
    case .wordpiece: return try trainWordPiece(on: corpus)
    case .unigram: return try trainUnigram(on: corpus)
    case .word:
      return try trainLexicon(
        on: corpus, normalizer: lowercases ? LowercaseNormalizer() : nil,
        preTokenizer: splitsAtWhitespaceOnly ? WhitespacePreTokenizer() : WordPreTokenizer(),
        decoder: nil)
    case .character:
      return try trainLexicon(
        on: corpus, normalizer: nil, preTokenizer: CharacterPreTokenizer(), decoder: FuseDecoder())
    }
  }

  private func trainBPE(on corpus: Corpus) throws -> (Tokenizer, Corpus.Report) {
    let alphabet = ByteAlphabet.order.map { Array(ByteAlphabet.spelling([$0]).utf8) }
    let start = initialTokens(specialTokens.map { Array($0.utf8) }, alphabet)
    try requireRoom(for: start.count)
    let preTokenizer = ByteLevelPreTokenizer(addsPrefixSpace: addsPrefixSpace)
    let (words, report) = try WordCounts.counting(
      corpus, normalizer: nil, preTokenizer: preTokenizer, threadCount: threadCount)
    var trainer = MergeTrainer(tokens: start)
    let ids = (UInt8.min...UInt8.max).map { byte in
      trainer.id(of: Array(ByteAlphabet.spelling([byte]).utf8)) ?? 0
    }
    words.forEach { word, count in trainer.add(word.lazy.map { ids[Int($0)] }, count: count) }
    trainer.train(vocabularySize: vocabularySize, minimumFrequency: minimumFrequency)
    let model = try ByteLevelBPE(vocabulary(trainer.tokens), merges: trainer.merges)
    let tokenizer = try Tokenizer(
      preTokenizer: preTokenizer, model: model, postProcessor: ByteLevelPostProcessor(),
      decoder: ByteLevelDecoder(), addedTokens: addedTokens)
    return (tokenizer, report)
  }

  private func trainWordPiece(on corpus: Corpus) throws -> (Tokenizer, Corpus.Report) {
    let normalizer = BERTNormalizer(lowercases: lowercases)
    let (words, report) = try WordCounts.counting(
      corpus, normalizer: normalizer, preTokenizer: BERTPreTokenizer(), threadCount: threadCount)
    let alphabet = WordPieceAlphabet(of: words, limit: alphabetLimit)
    let prefix = Array("##".utf8)
    let start = initialTokens(
      specialTokens.map { Array($0.utf8) },
      alphabet.initial.map { Array(String($0).utf8) },
      alphabet.continuing.map { prefix + String($0).utf8 })
    try requireRoom(for: start.count)
    var trainer = MergeTrainer(tokens: start, continuingPrefix: prefix)
    let starting = alphabet.ids { trainer.id(of: Array(String($0).utf8)) }
    let continuing = alphabet.ids { trainer.id(of: prefix + String($0).utf8) }
    words.forEach { word, count in
      var symbols: [Int32] = []
      var index = 0
      while index < word.count {
        let (value, end) = scalar(at: index, in: word)
        if let id = (index == 0 ? starting : continuing)[value] { symbols.append(id) }
        index = end
      }
      trainer.add(symbols, count: count)
    }
    trainer.train(vocabularySize: vocabularySize, minimumFrequency: minimumFrequency)
    let result = try vocabulary(trainer.tokens)
    guard Tokenizer.bertSpecialTokens.allSatisfy({ result.id(of: $0) != nil }) else {
      throw InputError(
        expected: "the special tokens \(Tokenizer.bertSpecialTokens)", found: "\(specialTokens)")
    }
    let bert = try Tokenizer(bert: result, normalizer: normalizer)
    let tokenizer = try Tokenizer(
      normalizer: bert.normalizer, preTokenizer: bert.preTokenizer, model: bert.model,
      postProcessor: bert.postProcessor, decoder: bert.decoder, addedTokens: addedTokens)
    return (tokenizer, report)
  }

  /// Gives the most frequent pieces tokens; of equal counts the one with the smaller bytes.
  private func trainLexicon(
    on corpus: Corpus, normalizer: (any Normalizer)?, preTokenizer: any PreTokenizer,
    decoder: (any TokenDecoder)?
  ) throws -> (Tokenizer, Corpus.Report) {
    let (words, report) = try WordCounts.counting(
      corpus, normalizer: normalizer, preTokenizer: preTokenizer, threadCount: threadCount)
    var frequent: [(bytes: [UInt8], count: Int64)] = []
    words.forEach { word, count in
      // No file takes longer tokens, and such a word would hardly come again.
      guard count >= minimumFrequency, word.count <= Vocabulary.maximumTokenBytes else { return }
      frequent.append((Array(word), count))
    }
    frequent.sort {
      $0.count != $1.count ? $0.count > $1.count : $0.bytes.lexicographicallyPrecedes($1.bytes)
    }
    let tokens = initialTokens(specialTokens.map { Array($0.utf8) }, frequent.map(\.bytes))
    try requireRoom(for: min(tokens.count, specialTokens.count + 1))
    let unknown = specialTokens.first { $0 == "[UNK]" || $0 == "<unk>" } ?? "[UNK]"
    let tokenizer = try Tokenizer(
      normalizer: normalizer, preTokenizer: preTokenizer,
      model: Lexicon(vocabulary(Array(tokens.prefix(vocabularySize))), unknownToken: unknown),
      decoder: decoder, addedTokens: addedTokens)
    return (tokenizer, report)
  }

  var addedTokens: [AddedToken] {
    specialTokens.enumerated().map { AddedToken($0.element, id: Int32($0.offset)) }
  }

  /// Tokens in the order of their ids, each once.
  private func initialTokens(_ groups: [[UInt8]]...) -> [[UInt8]] {
    var seen: Set<[UInt8]> = []
    return groups.joined().filter { seen.insert($0).inserted }
  }

  func vocabulary(_ tokens: [[UInt8]]) throws -> Vocabulary {
    try Vocabulary(tokens.enumerated().map { ($0.element, $0.offset) })
  }

  func requireRoom(for count: Int) throws {
    guard count <= vocabularySize else {
      throw InputError(
        expected: "a vocabulary of at least \(count): special tokens and alphabet",
        found: "\(vocabularySize)")
    }
  }
}
