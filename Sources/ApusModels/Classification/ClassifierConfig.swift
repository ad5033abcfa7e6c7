import ApusFiles
import ApusTensors

/// The sizes of a `SequenceClassifier` and the classes that it tells apart.
public struct ClassifierConfig: Sendable, Hashable {
  /// What makes a vector of a text.
  public enum Network: Sendable, Hashable {
    /// Convolutions of each kernel size, in words under a window, with so many channels.
    case convolutions(
      kernelSizes: [Int] = [3, 4, 5], channelCount: Int = 100, layerCount: Int = 1)
    /// LSTMs or GRUs in both directions with so many units each.
    case recurrent(
      RecurrentCell = .lstm, size: Int, layerCount: Int = 1, pooling: RecurrentPooling = .max)
    /// Layers of so many units over the weighted terms of a text, with batch norm or without.
    case dense(size: Int, layerCount: Int = 1, isNormalized: Bool = false)
  }

  public var network: Network
  /// The ids of words, or the terms.
  public var vocabularySize: Int
  /// The values of a word's vector; without effect where texts are terms.
  public var embeddingSize = 300
  /// The most words that are read of a text, or nil for all; without effect where texts are terms.
  public var longestText: Int?
  /// The share of features dropped before the classifier, and of values between recurrent or dense
  /// layers.
  public var dropout: Float = 0.5
  /// The share of embedded values dropped, or of terms.
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
    case .convolutions(let kernelSizes, let channelCount, _): kernelSizes.count * channelCount
    case .recurrent(_, let size, _, _): 2 * size
    case .dense(let size, _, _): size
    }
  }

  /// Whether texts are read as weighted terms, and not as words in their order.
  public var readsTerms: Bool {
    if case .dense = network { true } else { false }
  }
}

extension ClassifierConfig: StoredConfiguration {
  private static let convolutionalType = "textcnn"
  private static let recurrentType = "bilstm"
  private static let denseType = "dnn"
  /// The cells of recurrent networks.
  private static let cells = [RecurrentCell.lstm, .gru]
  /// All values of `model_type`.
  public static let modelTypes = [convolutionalType, recurrentType, denseType]

  /// The name of the architecture in `config.json`.
  public var modelType: String {
    switch network {
    case .convolutions: Self.convolutionalType
    case .recurrent: Self.recurrentType
    case .dense: Self.denseType
    }
  }

  public var parameterCount: Double {
    let head = Double(labels.count) * (Double(featureCount) + 1)
    let inputSize = if case .dense(let size, _, _) = network { size } else { embeddingSize }
    return Double(vocabularySize) * Double(inputSize) + networkParameterCount + head
  }

  /// The weights between those of single words or terms and the classifier.
  public var networkParameterCount: Double {
    let input = Double(embeddingSize)
    switch network {
    case .convolutions(let kernelSizes, let channelCount, let layerCount):
      let channels = Double(channelCount)
      return kernelSizes.reduce(0) { sum, size in
        let deeper = Double(layerCount - 1) * channels * (channels * Double(size) + 1)
        return sum + channels * (input * Double(size) + 1) + deeper
      }
    case .recurrent(let cell, let size, let layerCount, let pooling):
      let units = Double(size)
      func layer(_ input: Double) -> Double {
        2 * Double(cell.sumCount) * units * (input + units + 2)
      }
      let attention = pooling == .attention ? 2 * units * (2 * units + 2) : 0
      return layer(input) + Double(layerCount - 1) * layer(2 * units) + attention
    case .dense(let size, let layerCount, let isNormalized):
      let units = Double(size)
      let norms = isNormalized ? 4 * units * Double(layerCount) : 0
      return units + Double(layerCount - 1) * units * (units + 1) + norms
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
      network = .convolutions(
        kernelSizes: sizes, channelCount: try size("num_channels"),
        layerCount: json["num_layers"].isNull ? 1 : try size("num_layers", 1 << 10))
    case Self.recurrentType:
      let cell = try json.choice("cell", default: RecurrentCell.lstm)
      guard Self.cells.contains(cell) else { throw json["cell"].error(expected: "lstm or gru") }
      network = .recurrent(
        cell, size: try size("hidden_size", 1 << 16), layerCount: try size("num_layers", 1 << 10),
        pooling: try json.choice("pooling", default: .max))
    case Self.denseType:
      network = .dense(
        size: try size("hidden_size", 1 << 16), layerCount: try size("num_layers", 1 << 10),
        isNormalized: try json["batch_norm"].bool(default: false))
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
    if !readsTerms {
      embeddingSize = try size("embedding_size")
      longestText = json["max_length"].isNull ? nil : try size("max_length", 1 << 30)
    }
    dropout = try json["dropout"].share()
    embeddingDropout = try json["embedding_dropout"].share()
  }

  public var json: JSONValue {
    var members = [(key: "model_type", value: JSONValue.string(modelType))]
    members += networkMembers + wordMembers
    members += [
      ("vocab_size", .integer(vocabularySize)), ("dropout", .number(Double(dropout))),
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

  private var wordMembers: [(key: String, value: JSONValue)] {
    guard !readsTerms else { return [] }
    let limit = longestText.map { [("max_length", JSONValue.integer($0))] } ?? []
    return [("embedding_size", .integer(embeddingSize))] + limit
  }

  private var networkMembers: [(key: String, value: JSONValue)] {
    switch network {
    case .convolutions(let kernelSizes, let channelCount, let layerCount):
      [
        ("kernel_sizes", .array(kernelSizes.map { .integer($0) })),
        ("num_channels", .integer(channelCount)), ("num_layers", .integer(layerCount)),
      ]
    case .recurrent(let cell, let size, let layerCount, let pooling):
      [
        ("cell", .string(cell.rawValue)), ("hidden_size", .integer(size)),
        ("num_layers", .integer(layerCount)), ("pooling", .string(pooling.rawValue)),
      ]
    case .dense(let size, let layerCount, let isNormalized):
      [
        ("hidden_size", .integer(size)), ("num_layers", .integer(layerCount)),
        ("batch_norm", .bool(isNormalized)),
      ]
    }
  }
}
