import ApusLayers
import ApusTensors

/// An encoder of tokens: Transformer blocks over the sum of word, position and segment embeddings.
///
/// Parameters have the names of Hugging Face's `BertModel` under `bert`.
///
/// - Source: Devlin et al. 2019.
public struct BERT: Layer {
  public let config: BERTConfig
  let words, segments: Embedding
  let positions: PositionTable
  let embeddingNorm: LayerNorm
  let dropout: Dropout
  let stack: TransformerStack
  let pooler: Linear

  public init(_ config: BERTConfig, in scope: Scope) {
    self.config = config
    let normal = Initializer.normal(standardDeviation: config.initializerRange)
    let size = config.hiddenSize
    let embeddings = scope / "embeddings"
    words = Embedding(
      count: config.vocabularySize, size: size, normal, in: embeddings / "word_embeddings")
    positions = PositionTable(
      config.positions, count: config.contextLength, size: size, normal,
      in: embeddings / "position_embeddings")
    segments = Embedding(
      count: config.segmentCount, size: size, normal, in: embeddings / "token_type_embeddings")
    embeddingNorm = LayerNorm(
      size, epsilon: config.layerNormEpsilon, in: embeddings / "LayerNorm")
    dropout = Dropout(config.dropout, in: embeddings / "dropout")
    let encoder = scope / "encoder"
    let blocks = (0..<config.layerCount).map { index in
      TransformerBlock(bert: config, in: encoder / "layer" / index)
    }
    switch config.normPlacement {
    case .pre:
      let norm = LayerNorm(size, epsilon: config.layerNormEpsilon, in: encoder / "LayerNorm")
      stack = .preNorm(blocks, finalNorm: norm)
    case .post:
      stack = .postNorm(blocks)
    }
    pooler = Linear(size, size, normal, in: scope / "pooler.dense")
  }

  /// The state of each token after the last block.
  ///
  /// Without segments, Int32 [N], all tokens are in the first.
  ///
  /// - Shapes: ids [N] over B sequences of at most `contextLength` → [N, C]
  public func callAsFunction(_ ids: Sequences, segments: Tensor? = nil, _ mode: Mode) -> Sequences {
    requireLengths(ids, upTo: config.contextLength, "BERT")
    let segments = segments ?? .zeros([ids.elementCount], .int32)
    let terms =
      [(ids.values, words.weight.value)] + positions.terms(ids.positions)
      + [(segments, self.segments.weight.value)]
    return stack(ids.with(dropout(embeddingNorm(embeddingSum(terms), mode), mode)), mode)
  }

  /// A summary of each sequence from the state of its first token.
  ///
  /// - Shapes: [N, C] over B sequences → [B, C]
  public func pooled(_ states: Sequences) -> Tensor { pooler(states.firsts).tanh() }
}

extension TransformerBlock {
  fileprivate init(bert config: BERTConfig, in scope: Scope) {
    let (size, wide) = (config.hiddenSize, config.intermediateSize)
    let normal = Initializer.normal(standardDeviation: config.initializerRange)
    let names = ["query", "key", "value"]
    let attention = scope / "attention.self"
    let queryKeyValue = Linear(
      weight: attention.parameter(stacking: names.map { "\($0).weight" }, [size, size], normal),
      bias: attention.parameter(stacking: names.map { "\($0).bias" }, [size], .zeros))
    func linear(_ inputs: Int, _ outputs: Int, _ name: String) -> Linear {
      Linear(inputs, outputs, normal, in: scope / name)
    }
    func norm(_ name: String) -> LayerNorm {
      LayerNorm(size, epsilon: config.layerNormEpsilon, in: scope / name)
    }
    self.init(
      attention: SelfAttention(
        queryKeyValue: queryKeyValue, output: linear(size, size, "attention.output.dense"),
        headCount: config.headCount, isCausal: false,
        rotation: config.positions == .rotary ? .init() : nil,
        dropout: Dropout(config.attentionDropout, in: attention / "dropout")),
      norm: norm("attention.output.LayerNorm"),
      dropout: Dropout(config.dropout, in: scope / "attention.output.dropout"),
      feedForward: FeedForward(
        expand: linear(size, wide, "intermediate.dense"), activation: config.activation,
        contract: linear(wide, size, "output.dense")),
      norm: norm("output.LayerNorm"),
      dropout: Dropout(config.dropout, in: scope / "output.dropout"))
  }
}
