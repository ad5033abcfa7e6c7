import ApusLayers
import ApusTensors

/// A causal language model: Transformer blocks with causal attention over embedded tokens.
///
/// Parameters have the names of Hugging Face's `GPT2LMHeadModel`.
///
/// - Source: Radford et al. 2019.
public struct GPT: Encoder {
  public let config: GPTConfig
  let tokens: Embedding
  let positions: PositionTable
  let dropout: Dropout
  public let stack: TransformerStack
  /// The projection onto the vocabulary; the embedding table itself where they are tied.
  let head: Parameter

  public var transformer: TransformerConfig { config.transformer }
  public var pooler: Pooler? { nil }

  public init(_ config: GPTConfig, in scope: Scope) {
    self.config = config
    let transformer = scope / "transformer"
    let normal = config.transformer.initializer
    tokens = Embedding(
      count: config.vocabularySize, size: config.hiddenSize, normal, in: transformer / "wte")
    positions = PositionTable(
      config.positions, count: config.contextLength, size: config.hiddenSize, normal,
      in: transformer / "wpe")
    dropout = Dropout(config.embeddingDropout ?? config.dropout, in: transformer / "drop")
    let blocks = (0..<config.layerCount).map { index in
      TransformerBlock(gpt: config, in: transformer / "h" / index)
    }
    switch config.normPlacement {
    case .pre:
      let norm = LayerNorm(
        config.hiddenSize, epsilon: config.layerNormEpsilon, in: transformer / "ln_f")
      stack = .preNorm(blocks, finalNorm: norm)
    case .post:
      stack = .postNorm(blocks)
    }
    head =
      config.tiedEmbeddings
      ? tokens.weight
      : scope.parameter("lm_head.weight", [config.vocabularySize, config.hiddenSize], normal)
  }

  /// The logits of the token after each, Float32.
  ///
  /// - Shapes: ids [N] over B sequences → [N, V]
  public func logits(_ ids: Sequences, _ mode: Mode) -> Tensor {
    logits(ofStates: self(ids, mode).values, mode)
  }

  /// The mean cross-entropy of the token after each, in nats.
  ///
  /// - Parameters:
  ///   - ids: Token ids, Int32.
  ///   - targets: The token that follows each of `ids`, Int32.
  ///   - mode: How the model runs.
  ///   - ignored: A target that counts for nothing.
  ///   - divisor: What the sum is divided by, for parts of a larger batch; by default the number
  ///     of targets that count.
  /// - Returns: A scalar that gradients can be asked of.
  /// - Shapes: ids [N] over B sequences, targets [N] → []
  public func loss(
    _ ids: Sequences, targets: Tensor, _ mode: Mode, ignoring ignored: Int32? = nil,
    divisor: Float? = nil
  ) -> Tensor {
    linearCrossEntropy(
      self(ids, mode).values, head.value, targets: targets, ignoring: ignored, divisor: divisor,
      quantized: mode.precision.quantizesWeights)
  }

  /// The sum of the embeddings of each token and its position; a GPT has no segments.
  public func embedded(_ ids: Sequences, segments: Tensor?, _ mode: Mode) -> Sequences {
    requireLengths(ids, upTo: config.contextLength, "GPT")
    return embedded(ids, positions: ids.positions, mode)
  }

  func embedded(_ ids: Sequences, positions: Tensor, _ mode: Mode) -> Sequences {
    let terms = [(ids.values, tokens.weight.value)] + self.positions.terms(positions)
    return ids.with(dropout(embeddingSum(terms), mode))
  }

  func logits(ofStates states: Tensor, _ mode: Mode) -> Tensor {
    linear(states, head.value, quantized: mode.precision.quantizesWeights).converted(to: .float32)
  }
}

extension TransformerBlock {
  /// A block of GPT-2, whose matrices are stored as [inputs, outputs].
  ///
  /// The first weights of the layers that end on the residual stream are smaller by the root of
  /// their number, so that the stream's variance does not grow with depth.
  fileprivate init(gpt config: GPTConfig, in scope: Scope) {
    let (size, wide) = (config.hiddenSize, config.intermediateSize)
    let normal = config.transformer.initializer
    let residual = Initializer.normal(
      standardDeviation: config.initializerRange / Float(2 * config.layerCount).squareRoot())
    func linear(_ inputs: Int, _ outputs: Int, _ initializer: Initializer, _ name: String) -> Linear
    {
      Linear(inputs, outputs, layout: .inputsByOutputs, initializer, in: scope / name)
    }
    func norm(_ name: String) -> LayerNorm {
      LayerNorm(size, epsilon: config.layerNormEpsilon, in: scope / name)
    }
    self.init(
      attention: SelfAttention(
        queryKeyValue: linear(size, 3 * size, normal, "attn.c_attn"),
        output: linear(size, size, residual, "attn.c_proj"), headCount: config.headCount,
        isCausal: true, rotation: config.positions == .rotary ? .init() : nil,
        dropout: Dropout(config.attentionDropout, in: scope / "attn.attn_dropout")),
      norm: norm("ln_1"), dropout: Dropout(config.dropout, in: scope / "attn.resid_dropout"),
      feedForward: FeedForward(
        expand: linear(size, wide, normal, "mlp.c_fc"), activation: config.activation,
        contract: linear(wide, size, residual, "mlp.c_proj")),
      norm: norm("ln_2"), dropout: Dropout(config.dropout, in: scope / "mlp.dropout"))
  }
}
