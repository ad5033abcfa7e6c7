import ApusFiles
import ApusTensors

/// Low-rank adapters in the files of Hugging Face's PEFT: `adapter_config.json` and
/// `adapter_model.safetensors`.
public struct Adapter: Sendable {
  public let config: AdapterConfig
  /// The two factors of each matrix's change, and whole tensors that were trained beside them, by their
  /// names in the model.
  public let values: [(name: String, value: Tensor)]
  /// The directory; nil for an adapter that was made here.
  private let path: String?

  private static let (configName, weightsName) = (
    "adapter_config.json", "adapter_model.safetensors"
  )
  /// What PEFT puts before the names of the model that it wraps.
  private static let wrapper = "base_model.model."

  public init(_ config: AdapterConfig, _ values: [(name: String, value: Tensor)]) {
    self.config = config
    self.values = values
    path = nil
  }

  /// Reads a directory.
  ///
  /// - Throws: `FileError` if a file can't be read; `InputError` naming the key or tensor of what can't
  ///   be used.
  public init(contentsOf path: String) throws {
    config = try AdapterConfig(
      JSONField(contentsOf: "\(path)/\(Self.configName)", maximumSize: 1 << 24))
    let file = try SafetensorsFile(contentsOf: "\(path)/\(Self.weightsName)")
    var names: Set<String> = []
    values = try file.entries.map { entry in
      guard entry.name.hasPrefix(Self.wrapper),
        !["lora_embedding_", "lora_magnitude_", "original_module"].contains(
          where: entry.name.contains)
      else {
        throw InputError(
          file: file.path, expected: "factors of low rank under \(Self.wrapper)", found: entry.name)
      }
      let name = entry.name.dropFirst(Self.wrapper.count)
        .replacing(".modules_to_save.", with: ".")
      guard names.insert(String(name)).inserted else {
        throw InputError(file: file.path, expected: "one tensor for \(name)", found: "two")
      }
      return (String(name), try file.tensor(entry.name))
    }
    self.path = path
  }

  /// Writes a directory, creating it if need be.
  ///
  /// - Throws: `FileError` if a file can't be written.
  public func save(to path: String) throws {
    try createDirectory(path)
    try writeAtomically(config.json.text + "\n", to: "\(path)/\(Self.configName)")
    try writeSafetensors(
      values.map { (Self.wrapper + $0.name, $0.value) }, to: "\(path)/\(Self.weightsName)",
      as: .float32)
  }

  /// Changes weights as the adapter says, and puts those that were trained whole in their place.
  ///
  /// - Parameter weights: Those of a model by name; they may stand under a name with a part more or
  ///   less before it, as a model with a head and one without have them.
  /// - Throws: `InputError` for a factor without the other, of another shape than the matrix or of a
  ///   matrix that there is none of.
  public func merge(into weights: inout [String: Tensor]) throws {
    let own = Dictionary(uniqueKeysWithValues: values.map { ($0.name, $0.value) })
    for (name, value) in values {
      guard let matrix = LowRankAdapters.matrix(ofFactor: name) else {
        let place = place(of: name, in: weights) ?? name
        guard weights[place].map({ $0.shape == value.shape }) ?? true else {
          throw problem(
            expected: "\(name) of the model's shape \(weights[place]?.shape ?? [])",
            found: "\(value.shape)")
        }
        weights[place] = value
        continue
      }
      let names = LowRankAdapters.factorNames(of: matrix)
      guard name == names.down else { continue }
      guard let up = own[names.up] else { throw problem(expected: names.up, found: "none") }
      guard let place = place(of: matrix, in: weights), let weight = weights[place] else {
        throw problem(expected: "a model with \(matrix)", found: "one without")
      }
      guard value.rank == 2, up.rank == 2, value.shape[0] == config.rank, up.shape[1] == config.rank
      else {
        throw problem(
          expected: "factors of rank \(config.rank) for \(matrix)",
          found: "\(value.shape) and \(up.shape)")
      }
      var change = linear(up, value, layout: .inputsByOutputs) * config.scale
      if config.isTransposed { change = change.transposed() }
      guard change.shape == weight.shape else {
        throw problem(
          expected: "factors of \(matrix) for its shape \(weight.shape)", found: "\(change.shape)")
      }
      weights[place] = weight + change
    }
    for name in own.keys {
      guard let matrix = LowRankAdapters.matrix(ofFactor: name) else { continue }
      let down = LowRankAdapters.factorNames(of: matrix).down
      if own[down] == nil { throw problem(expected: down, found: "none") }
    }
  }

  /// The name that a model has for a weight.
  private func place(of name: String, in weights: [String: Tensor]) -> String? {
    if weights[name] != nil { return name }
    let shorter = name.split(separator: ".", maxSplits: 1).last.map(String.init)
    if let shorter, weights[shorter] != nil { return shorter }
    let longer = weights.keys.filter { $0.hasSuffix("." + name) }
    return longer.count == 1 ? longer.first : nil
  }

  private func problem(expected: String, found: String) -> InputError {
    InputError(file: path, expected: expected, found: found)
  }
}
