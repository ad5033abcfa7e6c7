import ApusLayers
import ApusTensors

/// An encoder of tokens of BERT's family: Transformer blocks over the sum of word, position and
/// segment embeddings.
///
/// Parameters have the names of Hugging Face's model of the family.
///
/// - Source: Devlin et al. 2019; for the others see `BERTFamily`.
public struct BERT: Encoder {
  public let config: BERTConfig
  let words: Embedding
  let segments: Embedding?
  let positions: PositionTable
  let embeddingNorm: LayerNorm
  let dropout: Dropout
  let projection: Linear?
  public let stack: TransformerStack
  public let pooler: Pooler?

  public var transformer: TransformerConfig { config.transformer }

  /// Creates the parts; the pooler is left out on demand, as in checkpoints that came from a model
  /// for masked tokens alone.
  public init(_ config: BERTConfig, hasPooler: Bool = true, in scope: Scope) {
    self.config = config
    let normal = config.transformer.initializer
    let names = config.family.names
    let size = config.embeddingSize ?? config.hiddenSize
    let embeddings = scope / "embeddings"
    words = Embedding(
      count: config.vocabularySize, size: size, normal, in: embeddings / "word_embeddings")
    positions = PositionTable(
      config.positions, count: config.contextLength + config.positionOffset, size: size, normal,
      in: embeddings / "position_embeddings")
    segments =
      config.segmentCount == 0
      ? nil
      : Embedding(
        count: config.segmentCount, size: size, normal, in: embeddings / "token_type_embeddings")
    embeddingNorm = LayerNorm(
      size, epsilon: config.layerNormEpsilon, in: embeddings / "LayerNorm")
    dropout = Dropout(config.dropout, in: embeddings / "dropout")
    projection =
      config.embeddingSize == nil
      ? nil : Linear(size, config.hiddenSize, normal, in: scope / names.projection)
    let blocks = Self.blocks(config, in: scope / names.blocks)
    switch config.normPlacement {
    case .pre:
      let norm = LayerNorm(
        config.hiddenSize, epsilon: config.layerNormEpsilon, in: scope / "encoder.LayerNorm")
      stack = .preNorm(blocks, finalNorm: norm)
    case .post:
      stack = .postNorm(blocks)
    }
    pooler =
      hasPooler && config.family.hasPooler
      ? Pooler(config.hiddenSize, normal, in: scope / names.pooler) : nil
  }

  /// The sum of the embeddings of each token, normalised; without segments, all tokens are in the
  /// first.
  public func embedded(_ ids: Sequences, segments: Tensor?, _ mode: Mode) -> Sequences {
    requireLengths(ids, upTo: config.contextLength, "BERT")
    var terms = [(ids.values, words.weight.value)] + positions.terms(places(of: ids))
    if let table = self.segments {
      terms.append((segments ?? .zeros([ids.elementCount], .int32), table.weight.value))
    }
    let embedded = dropout(embeddingNorm(embeddingSum(terms), mode), mode)
    return ids.with(projection.map { $0(embedded) } ?? embedded)
  }

  /// The row of the position table for each token.
  ///
  /// RoBERTa has padding tokens stand at the place of their own id, also where a text spells one.
  private func places(of ids: Sequences) -> Tensor {
    guard config.family.skipsPadding else { return ids.positions }
    let offset = Int32(config.positionOffset)
    let padding = offset - 1
    var places = ids.values.elements(as: Int32.self)
    for (start, end) in zip(ids.offsets, ids.offsets.dropFirst()) {
      var next = offset
      for index in start..<end {
        let isPadding = places[index] == padding
        places[index] = isPadding ? padding : next
        next += isPadding ? 0 : 1
      }
    }
    return Tensor(places)
  }

  /// One block a layer, with the weights of its group where layers share them.
  private static func blocks(_ config: BERTConfig, in scope: Scope) -> [TransformerBlock] {
    guard let groupCount = config.groupCount else {
      return (0..<config.layerCount).map { layer in
        TransformerBlock(config, BERTBlockWeights(config, in: scope / layer), in: scope / layer)
      }
    }
    let groups = (0..<groupCount).map { group in
      (0..<config.groupSize).map { member in
        BERTBlockWeights(config, in: scope / group / "albert_layers" / member)
      }
    }
    // In floating point like the reference, whose rounding decides where groups do not divide layers.
    let share = Double(config.layerCount / config.groupSize) / Double(groupCount)
    return (0..<config.layerCount).map { layer in
      let (run, member) = layer.quotientAndRemainder(dividingBy: config.groupSize)
      let group = groups[min(Int(Double(run) / share), groupCount - 1)]
      return TransformerBlock(config, group[member], in: scope / layer)
    }
  }
}

/// The weights of a block, which several layers may share.
private struct BERTBlockWeights {
  let queryKeyValue, output, expand, contract: Linear
  let attentionNorm, outputNorm: LayerNorm

  init(_ config: BERTConfig, in scope: Scope) {
    let (size, wide) = (config.hiddenSize, config.intermediateSize)
    let normal = config.transformer.initializer
    let names = config.family.names
    func linear(_ inputs: Int, _ outputs: Int, _ name: String) -> Linear {
      Linear(inputs, outputs, normal, in: scope / name)
    }
    func norm(_ name: String) -> LayerNorm {
      LayerNorm(size, epsilon: config.layerNormEpsilon, in: scope / name)
    }
    queryKeyValue = Linear(
      weight: scope.parameter(
        stacking: names.queryKeyValue.map { "\($0).weight" }, [size, size], normal,
        role: .map(.outputsByInputs)),
      bias: scope.parameter(stacking: names.queryKeyValue.map { "\($0).bias" }, [size], .zeros))
    output = linear(size, size, names.attentionOutput)
    attentionNorm = norm(names.attentionNorm)
    expand = linear(size, wide, names.expand)
    contract = linear(wide, size, names.contract)
    outputNorm = norm(names.outputNorm)
  }
}

extension TransformerBlock {
  /// A block with given weights that drops by its own place.
  fileprivate init(_ config: BERTConfig, _ weights: BERTBlockWeights, in scope: Scope) {
    self.init(
      attention: SelfAttention(
        queryKeyValue: weights.queryKeyValue, output: weights.output,
        headCount: config.headCount, isCausal: false,
        rotation: config.positions == .rotary ? .init() : nil,
        dropout: Dropout(config.attentionDropout, in: scope / "attention.self.dropout")),
      norm: weights.attentionNorm,
      dropout: Dropout(config.dropout, in: scope / "attention.output.dropout"),
      feedForward: FeedForward(
        expand: weights.expand, activation: config.activation, contract: weights.contract),
      norm: weights.outputNorm,
      dropout: Dropout(config.dropout, in: scope / "output.dropout"))
  }
}
