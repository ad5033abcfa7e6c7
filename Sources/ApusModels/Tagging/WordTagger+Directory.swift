import ApusFiles
import ApusTensors
import ApusText

extension WordTagger {
  private static let lexiconName = "lexicon.json"
  private static let tokenizerName = "tokenizer.json"

  /// Reads a tagger: `config.json`, `lexicon.json`, `model.safetensors` and, with a pretrained
  /// Transformer, `tokenizer.json`.
  ///
  /// - Throws: `FileError` if a file can't be read; `InputError` naming the key or tensor that does
  ///   not fit.
  public static func load(_ path: String) throws -> (model: WordTagger, store: ParameterStore) {
    let config = try ModelDirectory.taggerConfig(of: path)
    let field = try JSONField(contentsOf: "\(path)/\(lexiconName)")
    let lexicon = try TaggerLexicon(field)
    for (name, expected, found) in [
      ("words", config.wordCount, lexicon.wordCount),
      ("characters", config.characterCount, lexicon.characterCount),
    ] where expected != found {
      throw InputError(
        file: field.file, expected: "\(expected - 1) \(name) as the configuration says",
        found: "\(found - 1)")
    }
    var tokenizer: Tokenizer?
    if case .transformer(let sizes) = config.encoder {
      tokenizer = try Tokenizer(
        contentsOf: "\(path)/\(tokenizerName)", fitting: sizes.vocabularySize)
    }
    let weights = try SafetensorsCheckpoint(directory: path)
    guard config.tableWeightCount <= 2 * weights.valueCount else {
      throw InputError(
        file: weights.path,
        expected: "at least the \(Int(config.tableWeightCount)) weights of the tables",
        found: "\(Int(weights.valueCount))")
    }
    return try ParameterStore.loading(from: { try weights.floats($0, shape: $1) }) {
      WordTagger(config, lexicon, tokenizer, in: $0)
    }
  }

  /// Writes a tagger, creating the directory if need be.
  ///
  /// - Throws: `FileError` if a file can't be written.
  public func save(_ values: [(name: String, value: Tensor)], to path: String) throws {
    try ModelDirectory.save(config.json, values, to: path, as: .float32)
    try writeAtomically(lexicon.json.text + "\n", to: "\(path)/\(Self.lexiconName)")
    try tokenizer?.save(to: "\(path)/\(Self.tokenizerName)")
  }
}

extension ModelDirectory {
  /// Reads the configuration of a tagger alone.
  public static func taggerConfig(of path: String) throws -> TaggerConfig {
    try TaggerConfig(configuration(of: path))
  }
}
