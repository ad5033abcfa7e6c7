import ApusFiles
import ApusTensors
import ApusText

extension FineTunedModel {
  private static let tokenizerName = "tokenizer.json"

  /// Reads a fine-tuned model: `config.json`, `model.safetensors` and, unless the encoder is an ELMo,
  /// `tokenizer.json`.
  ///
  /// - Throws: `FileError` if a file can't be read; `InputError` naming the key or tensor that does
  ///   not fit.
  public static func load(
    _ path: String
  ) throws -> (model: FineTunedModel, store: ParameterStore) {
    let config = try ModelDirectory.fineTunedConfig(of: path)
    var tokenizer: Tokenizer?
    if let size = config.encoder.vocabularySize {
      tokenizer = try Tokenizer(contentsOf: "\(path)/\(tokenizerName)", fitting: size)
    }
    let weights = try SafetensorsCheckpoint(directory: path)
    guard config.encoder.parameterCount <= 2 * weights.valueCount + 0x1p20 else {
      throw InputError(
        file: weights.path,
        expected: "the \(Int(config.encoder.parameterCount)) weights of the encoder",
        found: "\(Int(weights.valueCount))")
    }
    return try ParameterStore.loading(from: { try weights.floats($0, shape: $1) }) {
      try FineTunedModel(config, tokenizer, in: $0)
    }
  }

  /// Writes a fine-tuned model, creating the directory if need be.
  ///
  /// - Throws: `FileError` if a file can't be written.
  public func save(_ values: [(name: String, value: Tensor)], to path: String) throws {
    try Self.save(config, values, to: path)
    try tokenizer?.save(to: "\(path)/\(Self.tokenizerName)")
  }

  /// Writes configuration and weights anew, beside a tokenizer that stays.
  ///
  /// - Throws: `FileError` if a file can't be written.
  public static func save(
    _ config: FineTunedConfig, _ values: [(name: String, value: Tensor)], to path: String
  ) throws {
    try ModelDirectory.save(config.json, values, to: path, as: .float32)
  }
}

extension FineTunedConfig {
  /// Writes the configuration of a model directory in place of the one that is there.
  ///
  /// - Throws: `FileError` if it can't be written.
  public func save(to path: String) throws {
    try writeAtomically(json.text + "\n", to: "\(path)/\(ModelDirectory.configName)")
  }
}

extension ModelDirectory {
  /// Whether a directory is that of a fine-tuned model.
  ///
  /// - Throws: `FileError` if there is no `config.json`; `InputError` if it can't be read.
  public static func isFineTuned(_ path: String) throws -> Bool {
    try modelType(of: path) == FineTunedConfig.modelType
  }

  /// Reads the configuration of a fine-tuned model alone.
  public static func fineTunedConfig(of path: String) throws -> FineTunedConfig {
    try FineTunedConfig(configuration(of: path))
  }
}
