import ApusFiles
import ApusTensors

/// The tensors of a model directory under any of the names that the reference has given them.
struct ReferenceCheckpoint: Sendable {
  let weights: SafetensorsCheckpoint
  /// The name around the encoder, which models without heads are saved without.
  private let model: String

  /// Opens the weights of a directory; sizes far beyond theirs are refused before anything is
  /// allocated by them.
  init(of directory: String, _ config: LanguageModelConfig) throws {
    weights = try SafetensorsCheckpoint(directory: directory)
    model =
      switch config {
      case .gpt: "transformer."
      case .bert(let config): config.family.names.model + "."
      case .recurrent, .window: ""
      }
    let found = weights.valueCount
    guard config.parameterCount <= 2 * found + 0x1p20 else {
      throw InputError(
        file: weights.path,
        expected: "the \(Int(config.parameterCount)) weights of the configuration",
        found: "\(Int(found))")
    }
  }

  /// What the files have of a tensor, under whatever name.
  func entry(named name: String) -> SafetensorsFile.Entry? {
    names(of: name).lazy.compactMap(weights.entry).first
  }

  @Sendable func tensor(_ name: String, shape: [Int]) throws -> Tensor {
    guard let entry = entry(named: name) else {
      throw InputError(file: weights.path, expected: "a tensor named \(name)", found: "none")
    }
    return try weights.floats(entry.name, shape: shape)
  }

  /// The name with and without the model around it; the first checkpoints had TensorFlow's names
  /// in their norms.
  private func names(of name: String) -> [String] {
    let other = name.hasPrefix(model) ? String(name.dropFirst(model.count)) : model + name
    return [name, other].flatMap { name -> [String] in
      if name.hasSuffix(".weight") { return [name, name.dropLast(6) + "gamma"] }
      if name.hasSuffix(".bias") { return [name, name.dropLast(4) + "beta"] }
      return [name]
    }
  }
}
