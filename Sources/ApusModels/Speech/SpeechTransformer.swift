import ApusFiles
import ApusLayers
import ApusTensors

/// The sizes of a `SpeechTransformer`.
public struct SpeechTransformerConfig: Sendable, Hashable {
  public var convolutions = [
    SpectralConvolution(channelCount: 32, timeSize: 3, binSize: 3, timeStride: 2, binStride: 2),
    SpectralConvolution(channelCount: 32, timeSize: 3, binSize: 3, timeStride: 2, binStride: 2),
  ]
  public var hiddenSize: Int
  public var layerCount: Int
  public var headCount: Int
  public var intermediateSize: Int
  public var dropout: Float = 0.1
  public var attentionDropout: Float = 0

  public init(hiddenSize: Int, layerCount: Int, headCount: Int) {
    self.hiddenSize = hiddenSize
    self.layerCount = layerCount
    self.headCount = headCount
    intermediateSize = 4 * hiddenSize
  }

  /// The number of weights but those of the head; in Double, so that no sizes overflow.
  func parameterCount(inputSize: Int) -> Double {
    let (size, wide) = (Double(hiddenSize), Double(intermediateSize))
    let seen = Double(convolutions.outputSize(inputSize: inputSize))
    let block = 4 * size * (size + 1) + 2 * size * wide + 5 * size + wide
    return convolutions.parameterCount + size * (seen + 3) + Double(layerCount) * block
  }
}

extension SpeechTransformerConfig {
  init(_ json: JSONField) throws {
    hiddenSize = try json["hidden_size"].integer(in: 2...ConfigurationLimit.size)
    layerCount = try json["num_hidden_layers"].integer(in: 1...ConfigurationLimit.layers)
    headCount = try json["num_attention_heads"].integer(in: 1...hiddenSize)
    guard hiddenSize % headCount == 0 else {
      throw json["num_attention_heads"].error(expected: "a divisor of hidden_size \(hiddenSize)")
    }
    intermediateSize = try json["intermediate_size"].integer(in: 1...ConfigurationLimit.size)
    convolutions = try SpectralConvolution.all(json)
    dropout = try json.number("hidden_dropout", default: dropout, in: ConfigurationLimit.dropout)
    attentionDropout = try json.number(
      "attention_dropout", default: attentionDropout, in: ConfigurationLimit.dropout)
  }

  var members: [(String, JSONValue)] {
    [
      ("hidden_size", .integer(hiddenSize)), ("num_hidden_layers", .integer(layerCount)),
      ("num_attention_heads", .integer(headCount)),
      ("intermediate_size", .integer(intermediateSize)),
      ("convolutions", .array(convolutions.map(\.json))), ("hidden_dropout", .decimal(dropout)),
      ("attention_dropout", .decimal(attentionDropout)),
    ]
  }
}

/// Convolutions that make four frames one, and a Transformer encoder with sinusoidal positions.
///
/// Parameters of blocks have the names of Hugging Face's `Wav2Vec2Model`.
///
/// - Source: after Gulati et al. 2020, §2, with plain blocks of norms first.
struct SpeechTransformer: SpeechNetwork {
  private let convolutions: SpectralConvolutions
  private let projection: Linear
  private let dropout: Dropout
  private let blocks: TransformerStack
  private let head: Linear
  private let size: Int

  init(_ config: SpeechTransformerConfig, inputSize: Int, symbolCount: Int, in scope: Scope) {
    size = config.hiddenSize
    convolutions = SpectralConvolutions(config.convolutions, in: scope / "convolutions")
    projection = Linear(
      config.convolutions.outputSize(inputSize: inputSize), size, in: scope / "projection")
    dropout = Dropout(config.dropout, in: scope / "projection")
    let encoder = scope / "encoder"
    let parts = SpeechBlocks(
      size: size, headCount: config.headCount, intermediateSize: config.intermediateSize,
      activation: .relu, dropout: config.dropout, attentionDropout: config.attentionDropout)
    blocks = .preNorm(
      (0..<config.layerCount).map { parts.block(in: encoder / "layers" / $0) },
      finalNorm: parts.norm("layer_norm", encoder))
    head = Linear(size, symbolCount, in: scope / "lm_head")
  }

  func callAsFunction(_ frames: Sequences, _ mode: Mode) -> Sequences {
    let x = convolutions(frames, mode).map { projection($0, mode).converted(to: .float32) }
    let table = sinusoidalPositions(count: x.lengths.max() ?? 0, size: size)
    let placed = x.map { dropout($0 + table.gathered(x.positions), mode) }
    return blocks(placed, mode).map { head($0, mode).converted(to: .float32) }
  }
}

/// Blocks of an encoder of speech, under the names of Hugging Face's `Wav2Vec2Model`.
struct SpeechBlocks {
  let size, headCount, intermediateSize: Int
  let activation: Activation
  let dropout, attentionDropout: Float
  var epsilon: Float = 1e-5

  func norm(_ name: String, _ scope: Scope) -> LayerNorm {
    LayerNorm(size, epsilon: epsilon, in: scope / name)
  }

  func block(in scope: Scope) -> TransformerBlock {
    let (attending, mapping) = (scope / "attention", scope / "feed_forward")
    let names = ["q_proj", "k_proj", "v_proj"]
    let attention = SelfAttention(
      queryKeyValue: Linear(
        weight: attending.parameter(
          stacking: names.map { "\($0).weight" }, [size, size], .xavierUniform,
          role: .map(.outputsByInputs)),
        bias: attending.parameter(stacking: names.map { "\($0).bias" }, [size], .zeros)),
      output: Linear(size, size, in: attending / "out_proj"), headCount: headCount,
      isCausal: false, dropout: Dropout(attentionDropout, in: attending / "dropout"))
    return TransformerBlock(
      attention: attention, norm: norm("layer_norm", scope),
      dropout: Dropout(dropout, in: scope / "dropout"),
      feedForward: FeedForward(
        expand: Linear(size, intermediateSize, in: mapping / "intermediate_dense"),
        activation: activation,
        contract: Linear(intermediateSize, size, in: mapping / "output_dense")),
      norm: norm("final_layer_norm", scope),
      dropout: Dropout(dropout, in: mapping / "output_dropout"))
  }
}
