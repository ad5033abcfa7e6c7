import ApusFiles
import ApusLayers

/// The sizes of an `ELMo`.
public struct ELMoConfig: Sendable, Hashable {
  public static let modelType = "elmo"

  /// The words that it learns to predict.
  public var vocabularySize: Int
  /// The values of an embedded character.
  public var characterSize = 16
  /// The characters of a word, marks among them.
  public var wordLength = 50
  public var filters: [CharacterCNNOptions.Filter]
  public var highwayCount = 2
  /// The memory of each layer and direction.
  public var size: Int
  /// The values of a word, and of each direction's state.
  public var projectedSize: Int
  public var layerCount = 2
  /// What memory is held within.
  public var memoryLimit: Float = 3
  /// What the values of projected states are held within.
  public var stateLimit: Float = 3
  public var dropout: Float = 0.1

  public init(
    vocabularySize: Int, filters: [CharacterCNNOptions.Filter], size: Int, projectedSize: Int
  ) {
    self.vocabularySize = vocabularySize
    self.filters = filters
    self.size = size
    self.projectedSize = projectedSize
  }

  var characters: CharacterCNNOptions {
    var options = CharacterCNNOptions(
      characterCount: WordCharacters.count, filters: filters, outputSize: projectedSize)
    (options.embeddingSize, options.highwayCount) = (characterSize, highwayCount)
    return options
  }

  var recurrent: RecurrentOptions {
    RecurrentOptions(
      .lstm, inputSize: projectedSize, size: size, projectedSize: projectedSize,
      memoryLimit: memoryLimit, stateLimit: stateLimit)
  }

  /// How words become characters.
  public var spelling: WordCharacters {
    WordCharacters(length: wordLength, widest: filters.map(\.width).max() ?? 1)
  }

  public var parameterCount: Double {
    encoderParameterCount + Double(vocabularySize) * (Double(projectedSize) + 1)
  }

  /// The number of weights without the projection onto words.
  var encoderParameterCount: Double {
    let (units, states) = (Double(size), Double(projectedSize))
    let features = filters.reduce(0.0) { $0 + Double($1.count) }
    let kernels = filters.reduce(0.0) {
      $0 + Double($1.count) * (Double($1.width) * Double(characterSize) + 1)
    }
    let highways = Double(highwayCount) * 2 * features * (features + 1)
    let words =
      Double(WordCharacters.count * characterSize) + kernels + highways + states * (features + 1)
    let layer = 4 * units * (2 * states + 2) + states * units
    return words + 2 * Double(layerCount) * layer
  }
}

extension ELMoConfig: StoredConfiguration {
  public init(_ json: JSONField) throws {
    guard try json["model_type"].string() == Self.modelType else {
      throw json["model_type"].error(expected: Self.modelType)
    }
    func size(_ key: String, _ range: ClosedRange<Int> = 1...1 << 24) throws -> Int {
      try json[key].integer(in: range)
    }
    self.init(
      vocabularySize: try size("vocab_size"), filters: try Self.filters(json["filters"]),
      size: try size("hidden_size"),
      projectedSize: try size("projection_size"))
    characterSize = try size("character_size")
    wordLength = try size("max_characters", 3...1 << 16)
    highwayCount = try size("num_highways", 0...64)
    layerCount = try size("num_layers", 1...1024)
    memoryLimit = try Self.limit(json["cell_clip"])
    stateLimit = try Self.limit(json["proj_clip"])
    dropout = try json["dropout"].share()
    guard spelling.holdsWidestWindow else {
      throw json["filters"].error(expected: "windows of at most \(wordLength) characters")
    }
  }

  /// Widths and counts of convolutions.
  static func filters(_ json: JSONField) throws -> [CharacterCNNOptions.Filter] {
    let filters = try json.array().map { filter in
      let pair = try filter.array()
      guard pair.count == 2 else { throw filter.error(expected: "a width and a count") }
      return CharacterCNNOptions.Filter(
        width: try pair[0].integer(in: 1...64), count: try pair[1].integer(in: 1...1 << 20))
    }
    guard !filters.isEmpty else { throw json.error(expected: "one filter or more") }
    return filters
  }

  /// A bound of values; without one, nothing is held.
  static func limit(_ json: JSONField) throws -> Float {
    try json.isNull ? .infinity : json.positiveNumber()
  }

  public var json: JSONValue {
    func limit(_ value: Float) -> JSONValue { value.isFinite ? .number(Double(value)) : .null }
    return .object([
      ("model_type", .string(Self.modelType)),
      ("vocab_size", .integer(vocabularySize)),
      ("character_size", .integer(characterSize)),
      ("max_characters", .integer(wordLength)),
      ("filters", .array(filters.map { .array([.integer($0.width), .integer($0.count)]) })),
      ("num_highways", .integer(highwayCount)),
      ("hidden_size", .integer(size)),
      ("projection_size", .integer(projectedSize)),
      ("num_layers", .integer(layerCount)),
      ("cell_clip", limit(memoryLimit)), ("proj_clip", limit(stateLimit)),
      ("dropout", .number(Double(dropout))),
    ])
  }
}
