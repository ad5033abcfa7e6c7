import ApusLayers
import ApusModels
import ApusTensors

/// What a frozen encoder makes of the examples of a run: computed once, and kept in files of the run's
/// directory, which the heads learn from.
struct FrozenFeatures {
  private let directory: RunDirectory
  private let mode: Mode
  private let key: FeatureKey

  /// Nil where the encoder learns or is changed.
  ///
  /// - Parameters:
  ///   - recipe: Of the run.
  ///   - config: The model.
  ///   - weights: Those of the encoder.
  ///   - directory: That of the run.
  ///   - report: Told why features are not kept.
  /// - Throws: `InputError` for a precision that can't be computed.
  init?(
    _ recipe: Recipe, _ config: FineTunedConfig, _ weights: [(name: String, value: Tensor)],
    in directory: RunDirectory, _ report: (String) -> Void
  ) throws {
    guard config.isEncoderFrozen else { return nil }
    if let name = recipe.adaptation?.keyAgainstFrozenFeatures {
      report("features of the frozen encoder are not kept, as adaptation.\(name) changes it")
      return nil
    }
    self.directory = directory
    mode = .evaluation(try recipe.training.resolvedPrecision())
    var key = FeatureKey()
    key.add(config.encoder.json.text)
    key.add(weights)
    self.key = key
  }

  /// Examples of which the model need not read the texts again; as they are where a task learns from the
  /// encoder's first layer on.
  ///
  /// - Parameters:
  ///   - examples: Those of one file.
  ///   - model: Their task, with the weights of the encoder.
  ///   - use: What the file is for.
  ///   - report: Told what is kept.
  /// - Returns: The examples in their order.
  /// - Throws: `FileError` if a file can't be read or written.
  func examples(
    _ examples: [TaskExample], of model: TaskModel, for use: String, _ report: (String) -> Void
  ) throws -> [TaskExample] {
    let name = model.config.name
    guard !examples.isEmpty else { return [] }
    guard let part = model.fixedPart else {
      report("task \(name): nothing is kept, as weights of its own come before the features")
      return examples
    }
    let path = directory.features(of: name, for: use)
    report("task \(name): \(part.rawValue) for \(use) are kept in \(path)")
    let inputs = try model.keepingFeatures(of: examples.flatMap(\.inputs), in: path, key, mode)
    var next = 0
    return examples.map { example in
      defer { next += example.inputs.count }
      var example = example
      example.inputs = Array(inputs[next..<next + example.inputs.count])
      return example
    }
  }
}
