import ApusFiles
import ApusLayers
import ApusTensors

/// The sizes and settings of a model, as `config.json` has them.
public protocol StoredConfiguration: Sendable {
  /// The number of weights; in Double, so that no sizes overflow.
  var parameterCount: Double { get }

  /// Reads `config.json`.
  ///
  /// - Throws: `InputError` naming the key that can't be used.
  init(_ json: JSONField) throws

  /// The form in `config.json`.
  var json: JSONValue { get }
}

/// A model whose directory is its configuration and its weights.
public protocol StoredModel: Layer {
  associatedtype Configuration: StoredConfiguration

  var config: Configuration { get }

  init(_ config: Configuration, in scope: Scope)
}

extension StoredModel {
  /// Reads a model directory: `config.json` and `model.safetensors`.
  ///
  /// - Throws: `FileError` if a file can't be read; `InputError` naming the key or tensor that does
  ///   not fit.
  public static func load(_ path: String) throws -> (model: Self, store: ParameterStore) {
    let config = try Configuration(ModelDirectory.configuration(of: path))
    return try ModelDirectory.load(path, parameterCount: config.parameterCount) {
      Self(config, in: $0)
    }
  }

  /// Writes a model directory, creating it if need be.
  ///
  /// - Throws: `FileError` if a file can't be written.
  public func save(_ values: [(name: String, value: Tensor)], to path: String) throws {
    try Self.save(config, values, to: path)
  }

  /// Writes a model directory of another configuration of the same weights.
  ///
  /// - Throws: `FileError` if a file can't be written.
  public static func save(
    _ config: Configuration, _ values: [(name: String, value: Tensor)], to path: String
  ) throws {
    try ModelDirectory.save(config.json, values, to: path, as: .float32)
  }
}
