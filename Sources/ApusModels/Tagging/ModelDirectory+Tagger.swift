import ApusFiles
import ApusTensors

/// A tagger and the words it knows.
public struct LoadedTagger: Sendable {
  public let model: RecurrentTagger
  public let lexicon: TaggerLexicon

  public init(_ model: RecurrentTagger, _ lexicon: TaggerLexicon) {
    self.model = model
    self.lexicon = lexicon
  }
}

extension ModelDirectory {
  private static let lexiconName = "lexicon.json"

  /// Reads a tagger: `config.json`, `lexicon.json` and `model.safetensors`.
  ///
  /// - Throws: `FileError` if a file can't be read; `InputError` naming the key or tensor that does
  ///   not fit.
  public static func loadTagger(
    _ path: String
  ) throws -> (tagger: LoadedTagger, store: ParameterStore) {
    let config = try taggerConfig(of: path)
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
    let weights = try SafetensorsCheckpoint(directory: path)
    guard config.tableWeightCount <= weights.valueCount else {
      throw InputError(
        file: weights.path,
        expected: "at least the \(Int(config.tableWeightCount)) weights of the tables",
        found: "\(Int(weights.valueCount))")
    }
    let loaded = try ParameterStore.loading(
      from: { try weights.floats($0, shape: $1) },
      { RecurrentTagger(config, in: $0) })
    return (LoadedTagger(loaded.model, lexicon), loaded.store)
  }

  /// Reads the configuration of a tagger alone.
  public static func taggerConfig(of path: String) throws -> TaggerConfig {
    try TaggerConfig(JSONField(contentsOf: "\(path)/config.json", maximumSize: 1 << 24))
  }

  /// Writes a tagger, creating the directory if need be.
  ///
  /// - Throws: `FileError` if a file can't be written.
  public static func save(
    _ tagger: LoadedTagger, _ values: [(name: String, value: Tensor)], to path: String
  ) throws {
    try save(tagger.model.config.json, values, to: path, as: .float32)
    try writeAtomically(tagger.lexicon.json.text + "\n", to: "\(path)/\(lexiconName)")
  }
}
