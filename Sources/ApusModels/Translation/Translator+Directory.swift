import ApusFiles
import ApusLayers
import ApusTensors
import Glibc

extension Translator {
  /// Reads a model directory: `config.json` and `model.safetensors`.
  ///
  /// - Throws: `FileError` if a file can't be read; `InputError` naming the key or tensor that does
  ///   not fit.
  public static func load(
    _ path: String
  ) throws -> (model: Translator, store: ParameterStore) {
    let config = try TranslatorConfig(
      JSONField(contentsOf: "\(path)/config.json", maximumSize: 1 << 24))
    let weights = try SafetensorsCheckpoint(directory: path)
    // Sizes far beyond those of the file are refused before anything is allocated by them.
    guard config.parameterCount <= 2 * weights.valueCount + 0x1p20 else {
      throw InputError(
        file: weights.path,
        expected: "the \(Int(config.parameterCount)) weights of the configuration",
        found: "\(Int(weights.valueCount))")
    }
    return try ParameterStore.loading(from: weights.floats) { Translator(config, in: $0) }
  }

  /// Writes a model directory's `config.json` and `model.safetensors`, creating it if need be.
  ///
  /// - Parameters:
  ///   - values: The weights under the names of their parts.
  ///   - path: The directory.
  /// - Throws: `FileError` if a file can't be written.
  public func save(_ values: [(name: String, value: Tensor)], to path: String) throws {
    guard mkdir(path, 0o755) == 0 || errno == EEXIST else {
      throw FileError(file: path, operation: "create", code: errno)
    }
    try writeAtomically(config.json.text + "\n", to: "\(path)/config.json")
    try writeSafetensors(values, to: "\(path)/model.safetensors", as: .float32)
  }
}

extension TranslatorConfig {
  /// The number of trained values; in Double, so that no sizes overflow.
  public var parameterCount: Double {
    let tables =
      Double(embeddingSize)
      * (Double(targetVocabularySize) + (sharesEmbeddings ? 0 : Double(sourceVocabularySize)))
    let head =
      Double(targetVocabularySize) * (1 + (tiedEmbeddings ? 0 : Double(outputSize)))
    switch network {
    case .recurrent(let network): return tables + head + network.parameterCount
    case .transformer(let network): return tables + head + network.parameterCount
    }
  }
}

extension RecurrentTranslation {
  fileprivate var parameterCount: Double {
    let (size, embedding) = (Double(hiddenSize), Double(embeddingSize))
    let sums = Double(cell.sumCount)
    let directions: Double = isBidirectional ? 2 : 1
    let unit = size / directions
    /// Layers of a number of units, the first of which reads so many values.
    func layers(_ count: Int, _ unit: Double, reading first: Double) -> Double {
      let inputs = first + Double(count - 1) * size
      return sums * unit * (inputs + Double(count) * (unit + 2))
    }
    let seen = form == .context || (form == .attention && feedsInput) ? size : 0
    var count =
      directions * layers(encoderLayerCount, unit, reading: embedding)
      + layers(decoderLayerCount, size, reading: embedding + seen)
    if startsFromEncoder {
      count += Double(decoderLayerCount) * (cell == .lstm ? 2 : 1) * size * (size + 1)
    }
    if copies { count += 2 * size + embedding + 1 }
    switch form {
    case .state, .feedback: break
    case .context: count += size * (2 * size + embedding + 1)
    case .attention:
      count += size * (2 * size + 1)
      switch score {
      case .dot: break
      case .general: count += size * size
      case .concat, .additive: count += size * (2 * size + 1)
      }
    }
    return count
  }
}

extension TransformerTranslation {
  fileprivate var parameterCount: Double {
    let (size, wide) = (Double(hiddenSize), Double(intermediateSize))
    let attention = 4 * size * (size + 1)
    let feedForward = 2 * size * wide + size + wide
    let blocks =
      Double(encoderLayerCount) * (attention + feedForward + 4 * size)
      + Double(decoderLayerCount) * (2 * attention + feedForward + 6 * size)
    return blocks + (normPlacement == .pre ? 4 * size : 0)
  }
}
