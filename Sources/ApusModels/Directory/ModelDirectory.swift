import ApusFiles
import ApusTensors
import Glibc

/// Models on disk: `config.json` and `model.safetensors` (or its shards) as Hugging Face's
/// transformers reads and writes them.
///
/// Tensors that a model does not have, such as buffers and the heads of other tasks, are passed over
/// in reading.
public enum ModelDirectory {
  static let configName = "config.json"
  private static let generationName = "generation_config.json"
  private static let weightsName = "model.safetensors"

  /// Reads a model with the heads that it was trained with.
  ///
  /// - Throws: `FileError` if a file can't be read; `InputError` naming the key or tensor that does
  ///   not fit.
  public static func load(
    _ path: String
  ) throws -> (model: LanguageModel, store: ParameterStore) {
    let config = try config(of: path)
    if case .bert(let config) = config, config.family != .bert {
      throw InputError(
        file: path, expected: "gpt2, or bert with the heads of its training",
        found: "\(config.family.rawValue), which can be read as an encoder alone")
    }
    let checkpoint = try ReferenceCheckpoint(of: path, config)
    return try ParameterStore.loading(from: checkpoint.tensor) { scope in
      LanguageModel(config, in: scope)
    }
  }

  /// Reads the encoder of a model, whatever heads the directory has or lacks.
  ///
  /// - Throws: `FileError` if a file can't be read; `InputError` naming the key or tensor that does
  ///   not fit.
  public static func loadEncoder(
    _ path: String
  ) throws -> (encoder: any Encoder, store: ParameterStore) {
    let config = try config(of: path).encoder(ofDirectory: path)
    let checkpoint = try ReferenceCheckpoint(of: path, config)
    let loaded = try ParameterStore.loading(from: checkpoint.tensor) { scope in
      config.encoder(in: scope, of: checkpoint)
    }
    return (loaded.model, loaded.store)
  }

  /// The `model_type` of a directory; nil in those that are older than this key.
  ///
  /// A published ELMo, which has none, counts as ours.
  ///
  /// - Throws: `FileError` if there is no `config.json`; `InputError` if it can't be read.
  public static func modelType(of path: String) throws -> String? {
    if PublishedELMo.isAt(path) { return ELMoConfig.modelType }
    return try configuration(of: path)["model_type"].optionalString()
  }

  /// The `config.json` of a directory.
  ///
  /// - Throws: `FileError` if there is none; `InputError` for one that is no JSON.
  public static func configuration(of path: String) throws -> JSONField {
    try JSONField(contentsOf: "\(path)/\(configName)", maximumSize: 1 << 24)
  }

  /// Builds a model with the weights of a directory that Apus wrote.
  ///
  /// - Throws: `InputError` for weights that do not fit; sizes far beyond theirs are refused before
  ///   anything is allocated by them.
  ///
  /// A weight may stand under any of its `names`; one that is to be absent is zero.
  static func load<Model>(
    _ path: String, parameterCount: Double,
    names: @escaping @Sendable (_ name: String) -> [String] = { [$0] },
    isAbsent: @escaping @Sendable (_ name: String) -> Bool = { _ in false },
    _ build: (Scope) -> Model
  ) throws -> (model: Model, store: ParameterStore) {
    let weights = try SafetensorsCheckpoint(directory: path)
    guard parameterCount <= 2 * weights.valueCount + 0x1p20 else {
      throw InputError(
        file: weights.path, expected: "the \(Int(parameterCount)) weights of the configuration",
        found: "\(Int(weights.valueCount))")
    }
    return try ParameterStore.loading(
      from: { name, shape in
        if isAbsent(name) { return .zeros(shape) }
        let known = names(name).first { weights.entry(named: $0) != nil }
        return try weights.floats(known ?? name, shape: shape)
      }, build)
  }

  /// Reads the configuration of a model alone.
  ///
  /// The ends of texts are those of `generation_config.json` where that names any.
  public static func config(of path: String) throws -> LanguageModelConfig {
    func json(_ name: String) throws -> JSONField {
      try JSONField(contentsOf: "\(path)/\(name)", maximumSize: 1 << 24)
    }
    let config = try LanguageModelConfig(json(configName))
    guard case .gpt(var gpt) = config, access("\(path)/\(generationName)", F_OK) == 0 else {
      return config
    }
    try gpt.read(generation: json(generationName))
    return .gpt(gpt)
  }

  /// Writes a model, creating the directory if need be.
  ///
  /// Each file appears whole or not at all.
  ///
  /// - Parameters:
  ///   - model: Whose configuration is written.
  ///   - values: The weights under the names of their parts: those of the model's parameters, or
  ///     averages of them.
  ///   - path: The directory.
  ///   - type: What the weights are stored as.
  /// - Throws: `FileError` if a file can't be written.
  public static func save(
    _ model: LanguageModel, _ values: [(name: String, value: Tensor)], to path: String,
    as type: ScalarType = .float32
  ) throws {
    try save(model.config.json, model.completed(values), to: path, as: type)
  }

  /// Writes an encoder without heads, creating the directory if need be.
  ///
  /// - Throws: `FileError` if a file can't be written.
  public static func save(
    _ encoder: BERT, _ values: [(name: String, value: Tensor)], to path: String,
    as type: ScalarType = .float32
  ) throws {
    try save(encoder.config.json, values + encoder.positions.constants, to: path, as: type)
  }

  /// Writes a Transformer without heads, creating the directory if need be.
  ///
  /// - Throws: `FileError` if a file can't be written.
  static func save(
    encoder: any Encoder, _ values: [(name: String, value: Tensor)], to path: String
  ) throws {
    switch encoder {
    case let encoder as BERT: try save(encoder, values, to: path)
    case let encoder as GPT: try save(.gpt(encoder), values, to: path)
    default: preconditionFailure("save: expected a BERT or GPT, got \(type(of: encoder))")
    }
  }

  /// Writes configuration and weights.
  static func save(
    _ config: JSONValue, _ values: [(name: String, value: Tensor)], to path: String,
    as type: ScalarType
  ) throws {
    guard mkdir(path, 0o755) == 0 || errno == EEXIST else {
      throw FileError(file: path, operation: "create", code: errno)
    }
    try writeAtomically(config.text + "\n", to: "\(path)/\(configName)")
    try writeSafetensors(values, to: "\(path)/\(weightsName)", as: type)
  }
}
