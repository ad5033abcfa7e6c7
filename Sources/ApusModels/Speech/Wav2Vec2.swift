import ApusLayers
import ApusTensors

/// Convolutions over samples, a Transformer encoder over what they find, and a head.
///
/// Parameters have the names of Hugging Face's `Wav2Vec2ForCTC`. Its layer drop, its dropout inside
/// of feed-forward layers and its masks over time are not part of training here.
///
/// - Shapes: samples [N, 1] → [M, symbols] over B sequences
/// - Source: Baevski et al. 2020.
struct Wav2Vec2: SpeechNetwork {
  private struct FeatureStep {
    let convolution: Convolution
    let instanceNorm: InstanceNorm?
    let layerNorm: LayerNorm?
  }

  private let config: Wav2Vec2Config
  private let features: [FeatureStep]
  private let featureNorm: LayerNorm
  private let projection: Linear
  private let featureDropout: Dropout
  private let positions: PositionalConvolution
  private let encoderNorm: LayerNorm
  private let encoderDropout: Dropout
  private let blocks: TransformerStack
  private let finalDropout: Dropout
  private let head: Linear

  init(_ config: Wav2Vec2Config, symbolCount: Int, in scope: Scope) {
    self.config = config
    let model = scope / "wav2vec2"
    let channels = [1] + config.features.map(\.channelCount)
    let extractor = model / "feature_extractor" / "conv_layers"
    features = zip(config.features, channels).enumerated().map { index, pair in
      let (feature, inputs) = pair
      let scope = extractor / index
      let norm = scope / "layer_norm"
      return FeatureStep(
        convolution: Convolution(
          inputs, feature.channelCount, over: feature.window, hasBias: config.featuresHaveBias,
          .heNormal, in: scope / "conv"),
        instanceNorm: config.featureNorm == .group && index == 0
          ? InstanceNorm(feature.channelCount, in: norm) : nil,
        layerNorm: config.featureNorm == .layer
          ? LayerNorm(feature.channelCount, epsilon: 1e-5, in: norm) : nil)
    }
    let projecting = model / "feature_projection"
    featureNorm = LayerNorm(
      config.featureSize, epsilon: config.layerNormEpsilon, in: projecting / "layer_norm")
    projection = Linear(config.featureSize, config.hiddenSize, in: projecting / "projection")
    featureDropout = Dropout(config.featureDropout, in: projecting / "dropout")
    let encoder = model / "encoder"
    positions = PositionalConvolution(
      config.hiddenSize, over: config.positionSize, groupCount: config.positionGroupCount,
      in: encoder / "pos_conv_embed" / "conv")
    let parts = SpeechBlocks(
      size: config.hiddenSize, headCount: config.headCount,
      intermediateSize: config.intermediateSize, activation: .gelu, dropout: config.dropout,
      attentionDropout: config.attentionDropout, epsilon: config.layerNormEpsilon)
    let layers = (0..<config.layerCount).map { parts.block(in: encoder / "layers" / $0) }
    encoderNorm = parts.norm("layer_norm", encoder)
    encoderDropout = Dropout(config.dropout, in: encoder / "dropout")
    blocks =
      config.normPlacement == .pre
      ? .preNorm(layers, finalNorm: encoderNorm) : .postNorm(layers)
    finalDropout = Dropout(config.finalDropout, in: scope / "final_dropout")
    head = Linear(config.hiddenSize, symbolCount, in: scope / "lm_head")
  }

  func callAsFunction(_ samples: Sequences, _ mode: Mode) -> Sequences {
    let found = features.reduce(samples.map { $0.converted(to: mode.scalarType) }) { x, step in
      let convolved = step.convolution(x)
      let normalized =
        step.instanceNorm.map { $0(convolved) }
        ?? step.layerNorm.map { norm in convolved.map { norm($0, mode) } } ?? convolved
      return normalized.map { $0.gelu() }
    }
    let projected = found.map {
      featureDropout(projection(featureNorm($0, mode), mode).converted(to: .float32), mode)
    }
    let placed = projected.map { $0 + positions(projected, mode).values }
    let encoded =
      switch config.normPlacement {
      case .pre: blocks(placed.map { encoderDropout($0, mode) }, mode)
      case .post: blocks(placed.map { encoderDropout(encoderNorm($0, mode), mode) }, mode)
      }
    return encoded.map { head(finalDropout($0, mode), mode).converted(to: .float32) }
  }
}

/// A convolution in groups of channels whose weights stand as lengths and directions: where an
/// element stands, from what stands around it.
///
/// - Source: Baevski et al. 2020, §2, after Mohamed et al. 2019; weight norm: Salimans & Kingma 2016.
private struct PositionalConvolution: Layer {
  private let lengths, directions, bias: Parameter
  private let window: Window
  private let groupCount: Int

  init(_ size: Int, over windowSize: Int, groupCount: Int, in scope: Scope) {
    self.groupCount = groupCount
    // Of an even window, one element more lies before than behind.
    window = Window(windowSize, padding: (windowSize / 2, (windowSize - 1) / 2))
    lengths = scope.parameter("weight_g", [1, 1, windowSize], .ones)
    directions = scope.parameter(
      "weight_v", [size, size / groupCount, windowSize],
      .normal(standardDeviation: 2 * (1 / Float(windowSize * size)).squareRoot()))
    bias = scope.parameter("bias", [size], .zeros)
  }

  func callAsFunction(_ x: Sequences, _ mode: Mode) -> Sequences {
    let found = directions.value
    let norms = found.square().sum(axis: 0).sum(axis: 0).squareRoot()
    let weight = found * (lengths.value.reshaped([window.size]) / norms)
    return convolution(
      x.map { $0.converted(to: mode.scalarType) }, weight, bias.value, over: window,
      groupCount: groupCount
    ).map { $0.gelu().converted(to: .float32) }
  }
}
