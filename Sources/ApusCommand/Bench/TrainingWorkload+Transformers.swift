import ApusLayers
import ApusModels
import ApusTensors
import ApusTraining

extension TrainingWorkload {
  static let transformers: [TrainingWorkload] = [
    gpt("gpt-char", vocabulary: 65, context: 64, size: 128, layers: 4, heads: 4, batch: 12),
    gpt("gpt2-124m-64", vocabulary: 50257, context: 64, size: 768, layers: 12, heads: 12, batch: 4),
    gpt(
      "gpt2-124m-256", vocabulary: 50257, context: 256, size: 768, layers: 12, heads: 12, batch: 4),
    bert("bert-mini", size: 256, layers: 4, heads: 4, lengths: Array(repeating: 128, count: 32)),
    bert("bert-base", size: 768, layers: 12, heads: 12, lengths: Array(repeating: 128, count: 8)),
    bert("bert-mini-natural", size: 256, layers: 4, heads: 4, lengths: naturalLengths(4096)),
  ]

  private static func gpt(
    _ name: String, vocabulary: Int, context: Int, size: Int, layers: Int, heads: Int, batch: Int
  ) -> TrainingWorkload {
    var config = GPTConfig(
      vocabularySize: vocabulary, contextLength: context, hiddenSize: size, layerCount: layers,
      headCount: heads)
    config.dropout = 0
    config.attentionDropout = 0
    let lengths = Array(repeating: context, count: batch)
    let tokens = context * batch
    return TrainingWorkload(
      name: name, itemCount: tokens, classCount: vocabulary,
      operations: blockOperations(config.transformer, lengths, isCausal: true)
        + Double(6 * size * vocabulary * tokens),
      optimizer: adamW(rate: 3e-4), clipNorm: 1
    ) { [config] scope, random in
      let model = GPT(config, in: scope)
      let input = Sequences(random.ids(tokens, below: vocabulary), lengths: lengths)
      let targets = random.ids(tokens, below: vocabulary)
      return { model.loss(input, targets: targets, $0) }
    }
  }

  private static func bert(
    _ name: String, size: Int, layers: Int, heads: Int, lengths: [Int]
  ) -> TrainingWorkload {
    let vocabulary = 30522
    var config = BERTConfig(
      vocabularySize: vocabulary, contextLength: 512, hiddenSize: size, layerCount: layers,
      headCount: heads)
    config.activation = .geluNew
    config.layerNormEpsilon = 1e-5
    config.dropout = 0
    config.attentionDropout = 0
    let tokens = lengths.reduce(0, +)
    let masked = tokens * 15 / 100
    return TrainingWorkload(
      name: name, itemCount: tokens, classCount: vocabulary,
      operations: blockOperations(config.transformer, lengths, isCausal: false)
        + Double(6 * size * (size + vocabulary) * masked),
      optimizer: adamW(rate: 1e-4), clipNorm: 1
    ) { [config] scope, random in
      let model = BERTPretraining(config, in: scope)
      let positions = (0..<Int32(tokens)).shuffled(using: &random).prefix(masked)
      let batch = BERTPretraining.Batch(
        ids: Sequences(random.ids(tokens, below: vocabulary), lengths: lengths),
        segments: .zeros([tokens], .int32), positions: Tensor(Array(positions)),
        labels: random.ids(masked, below: vocabulary), nextLabels: nil)
      return { model.loss(batch, $0).total }
    }
  }

  private static func adamW(rate: Double) -> OptimizerRecipe {
    var recipe = OptimizerRecipe(kind: .adamw, learningRate: rate)
    recipe.weightDecay = 0.01
    return recipe
  }

  /// The operations of all blocks, with attention by the lengths of the sequences.
  private static func blockOperations(
    _ transformer: TransformerConfig, _ lengths: [Int], isCausal: Bool
  ) -> Double {
    let (size, wide) = (transformer.hiddenSize, transformer.intermediateSize)
    let weights = Double(4 * size * size + 2 * size * wide)
    let attended = lengths.reduce(0.0) { $0 + Double($1 * $1) }
    let attention = 12 * attended * Double(size) * (isCausal ? 0.5 : 1)
    return Double(transformer.layerCount)
      * (6 * weights * Double(lengths.reduce(0, +)) + attention)
  }

  /// Lengths of 16 to 128 tokens, as documents have them, of a given sum.
  private static func naturalLengths(_ sum: Int) -> [Int] {
    var random = RandomStream(RandomKey(seed: 0, name: "lengths"))
    var (lengths, left) = ([Int](), sum)
    while left > 0 {
      lengths.append(min(left, 16 + random.below(113)))
      left -= lengths[lengths.count - 1]
    }
    return lengths
  }
}
