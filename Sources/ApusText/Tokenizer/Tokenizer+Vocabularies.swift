import ApusFiles

extension Tokenizer {
  /// The special tokens of BERT, in the order in which its trainer numbers them.
  public static let bertSpecialTokens = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
  /// The token that parts documents in GPT-2.
  public static let endOfText = "<|endoftext|>"

  /// Reads BERT's `vocab.txt`: a token a line, the first with id 0.
  ///
  /// The file has no word about case and accents, so that the normalizer must be known;
  /// `init(contentsOf:)` takes it from a `tokenizer_config.json` beside the file.
  ///
  /// - Throws: `FileError` if it can't be read, `InputError` naming the line that is not UTF-8 or
  ///   repeats a token, or for a missing special token.
  public init(bertVocabulary path: String, normalizer: BERTNormalizer = BERTNormalizer()) throws {
    let lines = try Self.lines(of: path)
    self = try Self.naming(path) {
      try Tokenizer(bert: Vocabulary(lines), normalizer: normalizer)
    }
  }

  /// BERT's pipeline over a vocabulary that holds its special tokens.
  public init(bert vocabulary: Vocabulary, normalizer: BERTNormalizer = BERTNormalizer()) throws {
    let tokens = try Self.bertSpecialTokens.map { content in
      guard let id = vocabulary.id(of: content) else {
        throw InputError(expected: "a vocabulary with \(content)", found: "none")
      }
      return AddedToken(content, id: id)
    }
    try self.init(
      normalizer: normalizer, preTokenizer: BERTPreTokenizer(), model: WordPiece(vocabulary),
      postProcessor: TemplatePostProcessor.bert(
        start: ("[CLS]", tokens[2].id), separator: ("[SEP]", tokens[3].id)),
      decoder: WordPieceDecoder(), addedTokens: tokens)
  }

  /// Reads GPT-2's `vocab.json` and `merges.txt`.
  ///
  /// - Throws: `FileError` if one can't be read, `InputError` naming the line of a merge of
  ///   unknown tokens.
  public init(gpt2Vocabulary path: String, merges mergesPath: String) throws {
    let model = try Self.byteLevelBPE(vocabulary: path, merges: mergesPath)
    self = try Self.naming(mergesPath) { try Tokenizer(gpt2: model) }
  }

  /// Reads RoBERTa's `vocab.json` and `merges.txt`.
  init(robertaVocabulary path: String, merges mergesPath: String, addsPrefixSpace: Bool) throws {
    let model = try Self.byteLevelBPE(vocabulary: path, merges: mergesPath)
    self = try Self.naming(path) {
      try Tokenizer(roberta: model, addsPrefixSpace: addsPrefixSpace)
    }
  }

  private static func byteLevelBPE(
    vocabulary path: String, merges mergesPath: String
  ) throws -> ByteLevelBPE {
    let vocabulary = try TokenModels.vocabulary(JSONField(contentsOf: path))
    var merges: [BPEMerge] = []
    for (index, line) in try lines(of: mergesPath).enumerated() {
      if line.isEmpty || (index == 0 && line.hasPrefix("#version")) { continue }
      guard let (left, right) = BPEDescription.parts(of: Substring(line)),
        let merge = BPEDescription.merge(left, right, in: vocabulary)
      else {
        throw InputError(
          file: mergesPath, row: index + 1,
          expected: "two tokens of the vocabulary that join to a third",
          found: "\"\(line.prefix(40))\"")
      }
      merges.append(merge)
    }
    return try naming(mergesPath) { try ByteLevelBPE(vocabulary, merges: merges) }
  }

  /// GPT-2's pipeline over a byte-pair encoding; `<|endoftext|>` is special if it is there.
  public init(gpt2 model: ByteLevelBPE, addsPrefixSpace: Bool = false) throws {
    let token = model.vocabulary.id(of: Self.endOfText).map { AddedToken(Self.endOfText, id: $0) }
    try self.init(
      preTokenizer: ByteLevelPreTokenizer(addsPrefixSpace: addsPrefixSpace), model: model,
      postProcessor: ByteLevelPostProcessor(), decoder: ByteLevelDecoder(),
      addedTokens: token.map { [$0] } ?? [])
  }

  /// RoBERTa's pipeline, `<s> A </s>`, over a byte-pair encoding that holds its special tokens.
  ///
  /// - Source: Liu et al. 2019.
  public init(roberta model: ByteLevelBPE, addsPrefixSpace: Bool = false) throws {
    let tokens = try ["<s>", "<pad>", "</s>", "<unk>", "<mask>"].map { content in
      guard let id = model.vocabulary.id(of: content) else {
        throw InputError(expected: "a vocabulary with \(content)", found: "none")
      }
      var token = AddedToken(content, id: id)
      // As a word it has its space before it.
      token.stripsLeft = content == "<mask>"
      return token
    }
    try self.init(
      preTokenizer: ByteLevelPreTokenizer(addsPrefixSpace: addsPrefixSpace), model: model,
      postProcessor: RobertaPostProcessor(
        start: ("<s>", tokens[0].id), separator: ("</s>", tokens[2].id),
        trimming: ByteLevelPostProcessor(keepsPrefixSpace: addsPrefixSpace)),
      decoder: ByteLevelDecoder(), addedTokens: tokens)
  }

  /// The lines of a UTF-8 file; a carriage return before a line's end goes.
  private static func lines(of path: String, maximumSize: Int = 1 << 28) throws -> [String] {
    let file = try MappedFile(path)
    guard file.count <= maximumSize else {
      throw InputError(file: path, expected: "at most \(maximumSize) bytes", found: "\(file.count)")
    }
    return try withExtendedLifetime(file) {
      let newline = UInt8(ascii: "\n")
      var lines = try file.bytes.split(separator: newline, omittingEmptySubsequences: false)
        .enumerated().map { index, line in
          let line = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
          guard let text = String(validating: line, as: UTF8.self) else {
            throw InputError(file: path, row: index + 1, expected: "UTF-8", found: "other bytes")
          }
          return text
        }
      if lines.last == "" { lines.removeLast() }
      return lines
    }
  }

  /// Adds the file to an error that was thrown without one.
  static func naming<Result>(_ file: String, _ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch var error as InputError where error.file == nil {
      error.file = file
      throw error
    }
  }
}
