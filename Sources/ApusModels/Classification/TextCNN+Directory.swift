import ApusFiles
import ApusTensors

extension TextCNN {
  /// Reads a model directory: `config.json` and `model.safetensors`.
  ///
  /// - Throws: `FileError` if a file can't be read; `InputError` naming the key or tensor that does
  ///   not fit.
  public static func load(_ path: String) throws -> (model: TextCNN, store: ParameterStore) {
    let config = try TextCNNConfig(ModelDirectory.configuration(of: path))
    return try ModelDirectory.load(path, parameterCount: config.parameterCount) {
      TextCNN(config, in: $0)
    }
  }

  /// Writes a model directory, creating it if need be.
  ///
  /// - Throws: `FileError` if a file can't be written.
  public func save(_ values: [(name: String, value: Tensor)], to path: String) throws {
    try ModelDirectory.save(config.json, values, to: path, as: .float32)
  }
}
