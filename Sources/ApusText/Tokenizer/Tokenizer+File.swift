import ApusFiles

extension Tokenizer {
  /// Reads a tokenizer from a file or a model directory.
  ///
  /// - Parameter path: A `tokenizer.json` of Hugging Face's format, a BERT `vocab.txt` (with the
  ///   case and accents of a `tokenizer_config.json` beside it, else lower-casing), a SentencePiece
  ///   `.model`, or a directory with a `tokenizer.json`, a `vocab.txt`, the `vocab.json` and
  ///   `merges.txt` of GPT-2 or RoBERTa, or a `spiece.model`, `sentencepiece.bpe.model` or
  ///   `tokenizer.model` that is not part of a model.
  /// - Throws: `FileError` if it can't be read, `InputError` for anything that is no tokenizer or
  ///   needs a part that is not built in, and for a model's directory without a `tokenizer.json`
  ///   whose other files don't give the model's ids.
  public init(contentsOf path: String) throws {
    guard try FileStatus(path).isDirectory else {
      if path.hasSuffix(".txt") {
        try self.init(bertVocabulary: path, normalizer: BERTNormalizer(beside: path))
      } else if path.hasSuffix(".model") {
        try self.init(sentencePiece: path)
      } else {
        try self.init(JSONField(contentsOf: path))
      }
      return
    }
    self = try TokenizerDirectory(path: path).tokenizer()
  }

  /// Reads a tokenizer from parsed JSON of Hugging Face's format.
  public init(_ field: JSONField) throws {
    let addedTokens = field["added_tokens"]
    let preTokenizer = try PreTokenizers.read(field["pre_tokenizer"])
    let model = try TokenModels.read(
      field["model"], isByteLevel: preTokenizer?.spellsBytes ?? false)
    let normalizer = try Normalizers.read(field["normalizer"])
    let postProcessor = try PostProcessors.read(field["post_processor"])
    let decoder = try TokenDecoders.read(field["decoder"])
    let truncation = try Truncation(field["truncation"])
    let tokens = try addedTokens.isNull ? [] : addedTokens.array().map(AddedToken.init)
    self = try Self.naming(field.file) {
      try Tokenizer(
        normalizer: normalizer, preTokenizer: preTokenizer, model: model,
        postProcessor: postProcessor, decoder: decoder, addedTokens: tokens,
        truncation: truncation)
    }
  }

  /// The tokenizer in Hugging Face's format, or the nearest to it that the format has a form for.
  public var json: JSONValue { json(truncation: truncation?.json ?? .null) }

  private func json(truncation: JSONValue) -> JSONValue {
    .object([
      ("version", .string("1.0")), ("truncation", truncation), ("padding", .null),
      ("added_tokens", .array(addedTokens.map(\.json))),
      ("normalizer", normalizer?.json ?? .null), ("pre_tokenizer", preTokenizer?.json ?? .null),
      ("post_processor", postProcessor?.json ?? .null), ("decoder", decoder?.json ?? .null),
      ("model", model.json),
    ])
  }

  /// Writes `tokenizer.json`, a SentencePiece model if the path ends in `.model`, or BERT's
  /// `vocab.txt` if it ends in `.txt`, whole or not at all.
  ///
  /// - Throws: `FileError` if it can't be written, `InputError` for a tokenizer with parts that the
  ///   format has no form for.
  public func save(to path: String) throws {
    if path.hasSuffix(".model") { return try saveSentencePiece(to: path) }
    if path.hasSuffix(".txt") { return try saveBERTVocabulary(to: path) }
    try requireJSONForm(for: path)
    try writeAtomically(json.text + "\n", to: path)
  }

  /// A hash of everything that decides ids, by which token shards know their tokenizer.
  public var fingerprint: UInt64 {
    let text = json(truncation: .null).text + partsWithoutJSON.joined(separator: "\n")
    return text.utf8.reduce(into: TokenHash()) { $0.add($1) }.value
  }
}
