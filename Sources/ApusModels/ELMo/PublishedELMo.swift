import ApusFiles
import ApusTensors
import Glibc

/// An `ELMo` as it was published: `options.json` and `weights.hdf5` of AllenNLP's layout, of the encoder
/// alone.
///
/// | theirs | here |
/// | --- | --- |
/// | `char_embed` [261, 16] | `words.characters.weight` |
/// | `CNN/W_cnn_i` [1, width, 16, count], `b_cnn_i` | `words.convolutions.i.weight` [count, 16, width], `.bias` |
/// | `CNN_high_i/W_carry` [in, out], `b_carry` | `words.highways.i.carry.weight` [out, in], `.bias` |
/// | `CNN_high_i/W_transform`, `b_transform` | `words.highways.i.transform.weight`, `.bias` |
/// | `CNN_proj/W_proj` [2048, 512], `b_proj` | `words.projection.weight` [512, 2048], `.bias` |
/// | `RNN_d/RNN/MultiRNNCell/Celll/LSTMCell/W_0` [inputs and states, 4 · 4096], `B` | `rnn.weight_ih_ll`, `weight_hh_ll`, `bias_ih_ll`, with `_reverse` for d = 1 |
/// | `…/LSTMCell/W_P_0` [4096, 512] | `rnn.weight_hr_ll` [512, 4096] |
///
/// Their gates stand in the order input, new, forget, output, and 1 is added to the bias of the forget
/// gate when it is used; here the order is input, forget, new, output, and nothing is added.
struct PublishedELMo {
  private static let optionsName = "options.json"
  private static let weightsName = "weights.hdf5"

  let config: ELMoConfig
  private let weights: HDF5File

  /// Whether a directory has the files of one, and no configuration of Apus.
  static func isAt(_ directory: String) -> Bool {
    access("\(directory)/\(optionsName)", F_OK) == 0
      && access("\(directory)/config.json", F_OK) != 0
  }

  /// Reads the options and finds the weights.
  ///
  /// - Throws: `FileError` if a file can't be read; `InputError` naming the option or array that does
  ///   not fit.
  init(_ directory: String) throws {
    let options = try JSONField(
      contentsOf: "\(directory)/\(Self.optionsName)", maximumSize: 1 << 20)
    config = try ELMoConfig(published: options)
    weights = try HDF5File(contentsOf: "\(directory)/\(Self.weightsName)")
  }

  /// A weight of `ELMo`, under its name here.
  @Sendable func tensor(_ name: String, shape: [Int]) throws -> Tensor {
    let parts = name.split(separator: ".").map(String.init)
    let leaf = parts[parts.count - 1]
    switch (parts[0], parts[1]) {
    case ("words", "characters"): return try weights.tensor("char_embed", shape: shape)
    case ("words", "convolutions"):
      guard leaf == "weight" else {
        return try weights.tensor("CNN/b_cnn_\(parts[2])", shape: shape)
      }
      let theirs = try weights.tensor(
        "CNN/W_cnn_\(parts[2])", shape: [1, shape[2], shape[1], shape[0]])
      return theirs.reshaped([shape[2], shape[1], shape[0]]).permuted([2, 1, 0])
    case ("words", "highways"):
      return try matrix("CNN_high_\(parts[2])", parts[3], leaf, shape)
    case ("words", "projection"): return try matrix("CNN_proj", "proj", leaf, shape)
    default: return try recurrent(leaf, shape)
    }
  }

  /// A matrix or a bias, whose matrices are the other way round.
  private func matrix(
    _ group: String, _ name: String, _ leaf: String, _ shape: [Int]
  ) throws -> Tensor {
    leaf == "bias"
      ? try weights.tensor("\(group)/b_\(name)", shape: shape)
      : try weights.tensor("\(group)/W_\(name)", shape: shape.reversed()).transposed()
  }

  /// A weight of an LSTM by PyTorch's name.
  private func recurrent(_ leaf: String, _ shape: [Int]) throws -> Tensor {
    let isReversed = leaf.hasSuffix("_reverse")
    let name = isReversed ? String(leaf.dropLast("_reverse".count)) : leaf
    let (kind, layer) = (name.prefix { $0 != "l" }, name.drop { $0 != "l" }.dropFirst())
    let cell = "RNN_\(isReversed ? 1 : 0)/RNN/MultiRNNCell/Cell\(layer)/LSTMCell"
    let (units, states) = (config.size, config.projectedSize)
    switch kind {
    case "weight_hr_":
      return try weights.tensor("\(cell)/W_P_0", shape: [units, states]).transposed()
    case "bias_hh_": return .zeros(shape)
    case "bias_ih_":
      let bias = gates(try weights.tensor("\(cell)/B", shape: [4 * units]))
      return bias + Tensor((0..<4 * units).map { Float($0 / units == 1 ? 1 : 0) })
    default:
      // Inputs have as many values as states, and stand before them.
      let both = try weights.tensor("\(cell)/W_0", shape: [2 * states, 4 * units])
      return gates(both.rows(kind == "weight_ih_" ? 0..<states : states..<2 * states).transposed())
    }
  }

  /// Rows of the gates input, new, forget, output in the order input, forget, new, output.
  private func gates(_ rows: Tensor) -> Tensor {
    concatenated([0, 2, 1, 3].map { rows.rows($0 * config.size..<($0 + 1) * config.size) })
  }
}

extension ELMoConfig {
  /// Reads the `options.json` of a published model.
  fileprivate init(published json: JSONField) throws {
    let (network, characters) = (json["lstm"], json["char_cnn"])
    func size(_ field: JSONField, _ range: ClosedRange<Int> = 1...1 << 16) throws -> Int {
      try field.integer(in: range)
    }
    guard try characters["activation"].string() == "relu" else {
      throw characters["activation"].error(expected: "relu")
    }
    let layerCount = try size(network["n_layers"], 1...1024)
    guard try network["use_skip_connections"].bool(default: false) || layerCount == 1 else {
      throw network["use_skip_connections"].error(expected: "true")
    }
    guard
      [WordCharacters.count, WordCharacters.count + 1].contains(
        try size(characters["n_characters"]))
    else {
      throw characters["n_characters"].error(
        expected: "\(WordCharacters.count), or one more with that of no character")
    }
    self.init(
      // What was predicted is not part of the files.
      vocabularySize: 1, filters: try Self.filters(characters["filters"]),
      size: try size(network["dim"]), projectedSize: try size(network["projection_dim"]))
    self.layerCount = layerCount
    characterSize = try size(characters["embedding"]["dim"])
    wordLength = try size(characters["max_characters_per_token"], 3...1 << 16)
    highwayCount = try size(characters["n_highway"], 0...64)
    memoryLimit = try Self.limit(network["cell_clip"])
    stateLimit = try Self.limit(network["proj_clip"])
    guard spelling.holdsWidestWindow else {
      throw characters["filters"].error(expected: "windows of at most \(wordLength) characters")
    }
  }
}

extension ELMo {
  /// Whether a directory holds a published model, in `options.json` and `weights.hdf5`.
  public static func isPublished(_ directory: String) -> Bool { PublishedELMo.isAt(directory) }

  /// Reads the encoder of a directory that Apus wrote, or of a published one with `options.json` and
  /// `weights.hdf5`.
  ///
  /// - Throws: `FileError` if a file can't be read; `InputError` naming what does not fit.
  public static func encoder(
    of directory: String
  ) throws -> (model: ELMo, store: ParameterStore) {
    guard PublishedELMo.isAt(directory) else { return try load(directory) }
    let published = try PublishedELMo(directory)
    return try ParameterStore.loading(from: published.tensor) { ELMo(published.config, in: $0) }
  }
}
