import ApusFiles
import ApusLayers
import ApusTensors

/// The sizes of a `Wav2Vec2`, read from and written to Hugging Face's `config.json`.
public struct Wav2Vec2Config: Sendable, Hashable {
  /// A convolution of the features over samples.
  public struct Feature: Sendable, Hashable {
    public var channelCount, size, stride: Int

    public init(channelCount: Int, size: Int, stride: Int) {
      self.channelCount = channelCount
      self.size = size
      self.stride = stride
    }

    var window: Window { Window(size, stride: stride) }
  }

  /// What the convolutions of the features are normalised by.
  public enum FeatureNorm: String, CaseIterable, Sendable, Hashable {
    /// The first one alone, each channel over time.
    case group
    /// Each one, over the channels of each element.
    case layer
  }

  public var features: [Feature]
  public var featureNorm = FeatureNorm.group
  public var featuresHaveBias = false
  public var hiddenSize, layerCount, headCount, intermediateSize: Int
  /// The elements under the convolution that stands for positions.
  public var positionSize = 128
  public var positionGroupCount = 16
  /// Whether blocks normalise what goes into them: the models of large size.
  public var normPlacement = NormPlacement.post
  public var layerNormEpsilon: Float = 1e-5
  public var dropout: Float = 0.1
  public var attentionDropout: Float = 0.1
  public var featureDropout: Float = 0
  public var finalDropout: Float = 0.1

  /// The sizes of BASE of Baevski 2020.
  public static let base = Wav2Vec2Config(
    hiddenSize: 768, layerCount: 12, headCount: 12, intermediateSize: 3072)

  public init(hiddenSize: Int, layerCount: Int, headCount: Int, intermediateSize: Int) {
    self.hiddenSize = hiddenSize
    self.layerCount = layerCount
    self.headCount = headCount
    self.intermediateSize = intermediateSize
    let windows = [(10, 5), (3, 2), (3, 2), (3, 2), (3, 2), (2, 2), (2, 2)]
    features = windows.map { Feature(channelCount: 512, size: $0.0, stride: $0.1) }
  }

  /// The values of an element of the features.
  var featureSize: Int { features.last?.channelCount ?? 1 }

  /// The number of weights but those of the head; in Double, so that no sizes overflow.
  var parameterCount: Double {
    let (size, wide) = (Double(hiddenSize), Double(intermediateSize))
    let channels = [1] + features.map(\.channelCount)
    let convolutions = zip(features, channels).reduce(0.0) {
      $0 + Double($1.0.channelCount) * (Double($1.1) * Double($1.0.size) + 3)
    }
    let position = size * size / Double(positionGroupCount) * Double(positionSize)
    let block = 4 * size * (size + 1) + 2 * size * wide + 5 * size + wide
    return convolutions + Double(featureSize) * (size + 2) + position + 5 * size
      + Double(layerCount) * block
  }
}

extension Wav2Vec2Config {
  static let modelType = "wav2vec2"

  init(_ json: JSONField) throws {
    let limit = ConfigurationLimit.self
    let hidden = try json.count("hidden_size", default: 768, limit: limit.size)
    self.init(
      hiddenSize: hidden,
      layerCount: try json.count("num_hidden_layers", default: 12, limit: limit.layers),
      headCount: try json.count("num_attention_heads", default: 12, limit: hidden),
      intermediateSize: try json.count("intermediate_size", default: 3072, limit: limit.size))
    guard hidden % headCount == 0 else {
      throw json["num_attention_heads"].error(expected: "a divisor of hidden_size \(hidden)")
    }
    try readFeatures(json)
    positionSize = try json.count("num_conv_pos_embeddings", default: 128, limit: limit.size)
    positionGroupCount = try json.count(
      "num_conv_pos_embedding_groups", default: 16, limit: hidden)
    guard hidden % positionGroupCount == 0 else {
      throw json["num_conv_pos_embedding_groups"].error(
        expected: "a divisor of hidden_size \(hidden)")
    }
    normPlacement = try json["do_stable_layer_norm"].bool(default: false) ? .pre : .post
    layerNormEpsilon = try json.number("layer_norm_eps", default: 1e-5, in: limit.epsilon)
    dropout = try json.number("hidden_dropout", default: 0.1, in: limit.dropout)
    attentionDropout = try json.number("attention_dropout", default: 0.1, in: limit.dropout)
    featureDropout = try json.number("feat_proj_dropout", default: 0, in: limit.dropout)
    finalDropout = try json.number("final_dropout", default: 0.1, in: limit.dropout)
    try json.require("add_adapter", toBe: false)
    for key in ["hidden_act", "feat_extract_activation"] {
      guard try json[key].optionalString() ?? "gelu" == "gelu" else {
        throw json[key].error(expected: "gelu")
      }
    }
  }

  private mutating func readFeatures(_ json: JSONField) throws {
    func sizes(_ key: String, default absent: [Int]) throws -> [Int] {
      json[key].isNull
        ? absent
        : try json[key].array().map { try $0.integer(in: 1...ConfigurationLimit.size) }
    }
    let channels = try sizes("conv_dim", default: features.map(\.channelCount))
    let kernels = try sizes("conv_kernel", default: features.map(\.size))
    let strides = try sizes("conv_stride", default: features.map(\.stride))
    guard strides.allSatisfy({ $0 <= 64 }), strides.count <= 10 else {
      throw json["conv_stride"].error(expected: "at most 10 strides of up to 64")
    }
    guard !channels.isEmpty, channels.count == kernels.count, channels.count == strides.count else {
      throw json["conv_dim"].error(expected: "as many sizes as in conv_kernel and conv_stride")
    }
    features = channels.indices.map {
      Feature(channelCount: channels[$0], size: kernels[$0], stride: strides[$0])
    }
    featureNorm = try json.choice("feat_extract_norm", default: .group)
    featuresHaveBias = try json["conv_bias"].bool(default: false)
  }

  var members: [(String, JSONValue)] {
    func integers(_ path: KeyPath<Feature, Int>) -> JSONValue {
      .array(features.map { .integer($0[keyPath: path]) })
    }
    return [
      ("hidden_size", .integer(hiddenSize)), ("num_hidden_layers", .integer(layerCount)),
      ("num_attention_heads", .integer(headCount)),
      ("intermediate_size", .integer(intermediateSize)), ("hidden_act", .string("gelu")),
      ("conv_dim", integers(\.channelCount)), ("conv_kernel", integers(\.size)),
      ("conv_stride", integers(\.stride)), ("num_feat_extract_layers", .integer(features.count)),
      ("conv_bias", .bool(featuresHaveBias)),
      ("feat_extract_norm", .string(featureNorm.rawValue)),
      ("feat_extract_activation", .string("gelu")),
      ("num_conv_pos_embeddings", .integer(positionSize)),
      ("num_conv_pos_embedding_groups", .integer(positionGroupCount)),
      ("do_stable_layer_norm", .bool(normPlacement == .pre)),
      ("layer_norm_eps", .decimal(layerNormEpsilon)), ("hidden_dropout", .decimal(dropout)),
      ("attention_dropout", .decimal(attentionDropout)),
      ("feat_proj_dropout", .decimal(featureDropout)), ("final_dropout", .decimal(finalDropout)),
    ]
  }
}
