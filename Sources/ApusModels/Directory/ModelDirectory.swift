import ApusFiles
import ApusTensors
import Glibc

/// Models on disk: `config.json` and `model.safetensors` as Hugging Face's transformers reads and
/// writes them.
public enum ModelDirectory {
  private static let configName = "config.json"
  private static let weightsName = "model.safetensors"

  /// Reads a model.
  ///
  /// Tensors that the architecture does not have, such as buffers and the heads of other tasks, are
  /// passed over.
  ///
  /// - Throws: `FileError` if a file can't be read; `InputError` naming the key or tensor that does
  ///   not fit.
  public static func load(
    _ path: String
  ) throws -> (model: LanguageModel, store: ParameterStore) {
    let config = try config(of: path)
    let weights = try SafetensorsFile(contentsOf: "\(path)/\(weightsName)")
    try requireRoom(for: config, in: weights)
    let checkpoint = ReferenceCheckpoint(weights)
    return try ParameterStore.loading(from: checkpoint.tensor) { scope in
      LanguageModel(config, in: scope)
    }
  }

  /// Reads the configuration of a model alone.
  public static func config(of path: String) throws -> LanguageModelConfig {
    try LanguageModelConfig(
      JSONField(contentsOf: "\(path)/\(configName)", maximumSize: 1 << 24))
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
    guard mkdir(path, 0o755) == 0 || errno == EEXIST else {
      throw FileError(file: path, operation: "create", code: errno)
    }
    try writeAtomically(model.config.json.text + "\n", to: "\(path)/\(configName)")
    try writeSafetensors(model.completed(values), to: "\(path)/\(weightsName)", as: type)
  }

  /// Refuses sizes far beyond the file's before anything is allocated by them.
  static func requireRoom(
    for config: LanguageModelConfig, in weights: SafetensorsFile
  ) throws {
    let found = weights.valueCount
    guard config.parameterCount <= 2 * found + 0x1p20 else {
      throw InputError(
        file: weights.path,
        expected: "the \(Int(config.parameterCount)) weights of the configuration",
        found: "\(Int(found))")
    }
  }
}

/// The tensors of a checkpoint under any of the names that the reference has given them.
struct ReferenceCheckpoint: Sendable {
  let file: SafetensorsFile

  init(_ file: SafetensorsFile) { self.file = file }

  /// What the file has of a tensor, under whatever name.
  func entry(named name: String) -> SafetensorsFile.Entry? {
    Self.names(of: name).lazy.compactMap(file.entry).first
  }

  @Sendable func tensor(_ name: String, shape: [Int]) throws -> Tensor {
    let tensor = try file.tensor(entry(named: name)?.name ?? name, shape: shape)
    guard tensor.type == .float32 else {
      throw InputError(
        file: file.path, expected: "\(name) of a floating-point type", found: "integers")
    }
    return tensor
  }

  /// Models without heads are saved without the name of the model around them, and the first
  /// checkpoints of BERT had TensorFlow's names in their norms.
  private static func names(of name: String) -> [String] {
    let bare = ["bert.", "transformer."].first { name.hasPrefix($0) }.map {
      String(name.dropFirst($0.count))
    }
    return [name, bare].compactMap { $0 }.flatMap { name -> [String] in
      if name.hasSuffix("LayerNorm.weight") { return [name, name.dropLast(6) + "gamma"] }
      if name.hasSuffix("LayerNorm.bias") { return [name, name.dropLast(4) + "beta"] }
      return [name]
    }
  }
}
