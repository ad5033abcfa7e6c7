import ApusFiles

/// The sizes of a `TextCNN` and the classes that it tells apart.
public struct TextCNNConfig: Sendable, Hashable {
  public static let modelType = "textcnn"

  public var vocabularySize: Int
  public var embeddingSize = 300
  /// The words under the windows of each group of convolutions.
  public var kernelSizes = [3, 4, 5]
  /// The features of each kernel size.
  public var channelCount = 100
  /// The share of features dropped before the classifier.
  public var dropout: Float = 0.5
  /// The share of embedded values dropped.
  public var embeddingDropout: Float = 0
  /// The classes in the order of the classifier's outputs.
  public var labels: [String]

  public init(vocabularySize: Int, labels: [String]) {
    self.vocabularySize = vocabularySize
    self.labels = labels
  }

  /// The features of a text.
  public var featureCount: Int { kernelSizes.count * channelCount }

  /// The number of weights; in Double, so that no sizes overflow.
  public var parameterCount: Double {
    let (size, channels) = (Double(embeddingSize), Double(channelCount))
    let kernels = kernelSizes.reduce(0) { $0 + channels * (size * Double($1) + 1) }
    return Double(vocabularySize) * size + kernels + Double(labels.count)
      * (Double(featureCount) + 1)
  }
}

extension TextCNNConfig {
  /// Reads `config.json`.
  ///
  /// - Throws: `InputError` naming the key that can't be used.
  public init(_ json: JSONField) throws {
    guard try json["model_type"].string() == Self.modelType else {
      throw json["model_type"].error(expected: Self.modelType)
    }
    func size(_ key: String) throws -> Int { try json[key].integer(in: 1...1 << 24) }
    self.init(
      vocabularySize: try size("vocab_size"),
      labels: try json["labels"].array().map { try $0.string() })
    guard labels.count > 1, Set(labels).count == labels.count else {
      throw json["labels"].error(expected: "two different labels or more")
    }
    embeddingSize = try size("embedding_size")
    channelCount = try size("num_channels")
    kernelSizes = try json["kernel_sizes"].array().map { try $0.integer(in: 1...1024) }
    guard !kernelSizes.isEmpty else {
      throw json["kernel_sizes"].error(expected: "one size or more")
    }
    dropout = try json["dropout"].share()
    embeddingDropout = try json["embedding_dropout"].share()
  }

  /// The form in `config.json`.
  public var json: JSONValue {
    .object([
      ("model_type", .string(Self.modelType)),
      ("vocab_size", .integer(vocabularySize)),
      ("embedding_size", .integer(embeddingSize)),
      ("kernel_sizes", .array(kernelSizes.map { .integer($0) })),
      ("num_channels", .integer(channelCount)),
      ("dropout", .number(Double(dropout))),
      ("embedding_dropout", .number(Double(embeddingDropout))),
      ("labels", .array(labels.map { .string($0) })),
    ])
  }
}
