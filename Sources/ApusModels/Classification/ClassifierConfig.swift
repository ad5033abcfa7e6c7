import ApusFiles

/// The sizes of a `SequenceClassifier` and the classes that it tells apart.
public struct ClassifierConfig: Sendable, Hashable {
  /// What makes a vector of a text.
  public enum Network: Sendable, Hashable {
    /// Convolutions of each kernel size, in words under a window, with so many channels.
    case convolutions(kernelSizes: [Int] = [3, 4, 5], channelCount: Int = 100)
    /// LSTMs in both directions with so many units each.
    case recurrent(size: Int, layerCount: Int = 1, pooling: RecurrentPooling = .max)
  }

  public var network: Network
  public var vocabularySize: Int
  public var embeddingSize = 300
  /// The share of features dropped before the classifier, and of values between LSTMs.
  public var dropout: Float = 0.5
  /// The share of embedded values dropped.
  public var embeddingDropout: Float = 0
  /// The classes in the order of the classifier's outputs.
  public var labels: [String]
  /// What a class has to pass to be told; nil tells the most probable one.
  public var thresholds: ClassThresholds?

  public init(_ network: Network, vocabularySize: Int, labels: [String]) {
    self.network = network
    self.vocabularySize = vocabularySize
    self.labels = labels
  }

  /// The features of a text.
  public var featureCount: Int {
    switch network {
    case .convolutions(let kernelSizes, let channelCount): kernelSizes.count * channelCount
    case .recurrent(let size, _, _): 2 * size
    }
  }
}

extension ClassifierConfig: StoredConfiguration {
  private static let convolutionalType = "textcnn"
  private static let recurrentType = "bilstm"
  /// All values of `model_type`.
  public static let modelTypes = [convolutionalType, recurrentType]

  /// The name of the architecture in `config.json`.
  public var modelType: String {
    switch network {
    case .convolutions: Self.convolutionalType
    case .recurrent: Self.recurrentType
    }
  }

  public var parameterCount: Double {
    let head = Double(labels.count) * (Double(featureCount) + 1)
    return Double(vocabularySize) * Double(embeddingSize) + networkParameterCount + head
  }

  /// The weights between embeddings and classifier.
  public var networkParameterCount: Double {
    let input = Double(embeddingSize)
    switch network {
    case .convolutions(let kernelSizes, let channelCount):
      return kernelSizes.reduce(0) { $0 + Double(channelCount) * (input * Double($1) + 1) }
    case .recurrent(let size, let layerCount, let pooling):
      let units = Double(size)
      func layer(_ input: Double) -> Double { 8 * units * (input + units + 2) }
      let attention = pooling == .attention ? 2 * units * (2 * units + 2) : 0
      return layer(input) + Double(layerCount - 1) * layer(2 * units) + attention
    }
  }

  public init(_ json: JSONField) throws {
    func size(_ key: String, _ limit: Int = 1 << 24) throws -> Int {
      try json[key].integer(in: 1...limit)
    }
    let network: Network
    switch try json["model_type"].string() {
    case Self.convolutionalType:
      let sizes = try json["kernel_sizes"].array().map { try $0.integer(in: 1...1024) }
      guard !sizes.isEmpty else { throw json["kernel_sizes"].error(expected: "one size or more") }
      network = .convolutions(kernelSizes: sizes, channelCount: try size("num_channels"))
    case Self.recurrentType:
      network = .recurrent(
        size: try size("hidden_size", 1 << 16), layerCount: try size("num_layers", 1 << 10),
        pooling: try json.choice("pooling", default: .max))
    default:
      throw json["model_type"].error(
        expected: "one of \(Self.modelTypes.joined(separator: ", "))")
    }
    self.init(
      network, vocabularySize: try size("vocab_size"),
      labels: try json["labels"].array().map { try $0.string() })
    guard labels.count > 1, Set(labels).count == labels.count else {
      throw json["labels"].error(expected: "two different labels or more")
    }
    thresholds = try ClassThresholds(json["thresholds"], count: labels.count)
    embeddingSize = try size("embedding_size")
    dropout = try json["dropout"].share()
    embeddingDropout = try json["embedding_dropout"].share()
  }

  public var json: JSONValue {
    var members = [(key: "model_type", value: JSONValue.string(modelType))] + networkMembers
    members += [
      ("vocab_size", .integer(vocabularySize)),
      ("embedding_size", .integer(embeddingSize)),
      ("dropout", .number(Double(dropout))),
      ("embedding_dropout", .number(Double(embeddingDropout))),
      ("labels", .array(labels.map { .string($0) })),
    ]
    if let thresholds { members.append(("thresholds", thresholds.json)) }
    return .object(members)
  }

  /// The class that probabilities tell: the most probable one, if thresholds don't say otherwise.
  public func decision(_ probabilities: some Collection<Float>) -> Int {
    (thresholds ?? ClassThresholds(Array(repeating: 1, count: labels.count))).decision(
      probabilities)
  }

  private var networkMembers: [(key: String, value: JSONValue)] {
    switch network {
    case .convolutions(let kernelSizes, let channelCount):
      [
        ("kernel_sizes", .array(kernelSizes.map { .integer($0) })),
        ("num_channels", .integer(channelCount)),
      ]
    case .recurrent(let size, let layerCount, let pooling):
      [
        ("hidden_size", .integer(size)), ("num_layers", .integer(layerCount)),
        ("pooling", .string(pooling.rawValue)),
      ]
    }
  }
}
