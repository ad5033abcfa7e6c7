import ApusFiles
import Glibc

extension Tokenizer {
  /// Reads a tokenizer from a file or a model directory.
  ///
  /// - Parameter path: A `tokenizer.json` of Hugging Face's format, a BERT `vocab.txt` (taken for
  ///   a lower-casing one), a SentencePiece `.model`, or a directory with a `tokenizer.json`, a
  ///   `vocab.txt` (with the case and accents of a `tokenizer_config.json` beside it), GPT-2's
  ///   `vocab.json` and `merges.txt`, or a `spiece.model`, `sentencepiece.bpe.model` or
  ///   `tokenizer.model`.
  /// - Throws: `FileError` if it can't be read, `InputError` for anything that is no tokenizer or
  ///   needs a part that is not built in.
  public init(contentsOf path: String) throws {
    var status = stat()
    guard stat(path, &status) == 0 else {
      throw FileError(file: path, operation: "open", code: errno)
    }
    guard status.st_mode & S_IFMT == S_IFDIR else {
      if path.hasSuffix(".txt") {
        try self.init(bertVocabulary: path)
      } else if path.hasSuffix(".model") {
        try self.init(sentencePiece: path)
      } else {
        try self.init(JSONField(contentsOf: path))
      }
      return
    }
    func exists(_ name: String) -> Bool { access("\(path)/\(name)", R_OK) == 0 }
    if exists("tokenizer.json") {
      try self.init(JSONField(contentsOf: "\(path)/tokenizer.json"))
    } else if exists("vocab.txt") {
      let configuration = "\(path)/tokenizer_config.json"
      let normalizer =
        try access(configuration, R_OK) == 0
        ? BERTNormalizer(configuration: JSONField(contentsOf: configuration)) : BERTNormalizer()
      try self.init(bertVocabulary: "\(path)/vocab.txt", normalizer: normalizer)
    } else if exists("vocab.json"), exists("merges.txt") {
      try self.init(gpt2Vocabulary: "\(path)/vocab.json", merges: "\(path)/merges.txt")
    } else if let name = Self.sentencePieceNames.first(where: exists) {
      try self.init(sentencePiece: "\(path)/\(name)")
    } else {
      throw InputError(
        file: path,
        expected: "tokenizer.json, vocab.txt, vocab.json and merges.txt, or "
          + "\(Self.sentencePieceNames.joined(separator: " or ")) in the directory",
        found: "none of them")
    }
  }

  /// The names that SentencePiece's models have in directories of Hugging Face.
  private static let sentencePieceNames = [
    "spiece.model", "sentencepiece.bpe.model", "tokenizer.model",
  ]

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
    self = try TokenModels.naming(addedTokens) {
      try Tokenizer(
        normalizer: normalizer, preTokenizer: preTokenizer, model: model,
        postProcessor: postProcessor, decoder: decoder, addedTokens: tokens,
        truncation: truncation)
    }
    let specials = postProcessor?.join(Encoding(), Encoding(), addsSpecialTokens: true).ids ?? []
    if let id = specials.first(where: { token(of: $0) == nil }) {
      throw InputError(
        file: field.file, expected: "tokens of the vocabulary in post_processor", found: "id \(id)")
    }
  }

  /// The tokenizer in Hugging Face's format.
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
  /// - Throws: `FileError` if it can't be written, `InputError` for a `.model` or `.txt` of a
  ///   tokenizer that has other parts.
  public func save(to path: String) throws {
    if path.hasSuffix(".model") { return try saveSentencePiece(to: path) }
    if path.hasSuffix(".txt") { return try saveBERTVocabulary(to: path) }
    try writeAtomically(json.text + "\n", to: path)
  }

  /// A hash of everything that decides ids, by which token shards know their tokenizer.
  public var fingerprint: UInt64 {
    json(truncation: .null).text.utf8.reduce(into: TokenHash()) { $0.add($1) }.value
  }
}
