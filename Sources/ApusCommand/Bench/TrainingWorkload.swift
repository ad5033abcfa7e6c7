import ApusFiles
import ApusLayers
import ApusModels
import ApusTensors
import ApusTraining
import Glibc

/// A training step on fixed shapes: forward, backward, clipping and AdamW.
///
/// The shapes, the optimizer and the amount of mathematics are those of the PyTorch programs in
/// `Tests/Peers` under the same names.
struct TrainingWorkload: Workload {
  let name: String
  /// The lengths of the sequences of the batch.
  let lengths: [Int]
  let config: LanguageModelConfig
  let rate: Double

  static let all: [TrainingWorkload] = [
    gpt("gpt-char", vocabulary: 65, context: 64, size: 128, layers: 4, heads: 4, batch: 12),
    gpt("gpt2-124m-64", vocabulary: 50257, context: 64, size: 768, layers: 12, heads: 12, batch: 4),
    gpt(
      "gpt2-124m-256", vocabulary: 50257, context: 256, size: 768, layers: 12, heads: 12, batch: 4),
    bert("bert-mini", size: 256, layers: 4, heads: 4, lengths: Array(repeating: 128, count: 32)),
    bert("bert-base", size: 768, layers: 12, heads: 12, lengths: Array(repeating: 128, count: 8)),
    bert("bert-mini-natural", size: 256, layers: 4, heads: 4, lengths: naturalLengths(4096)),
  ]

  var tokenCount: Int { lengths.reduce(0, +) }

  var vocabularySize: Int { config.vocabularySize }

  /// Floating-point operations of the matrix products of a step: two an element of the result and
  /// term, three products a weight and token, attention by its lengths.
  var operations: Double {
    let attended = lengths.reduce(0.0) { $0 + Double($1 * $1) }
    switch config {
    case .gpt(let config):
      let blocks = blockOperations(
        config.hiddenSize, config.intermediateSize, config.layerCount, attended, isCausal: true)
      let head = Double(config.hiddenSize * config.vocabularySize) * 6 * Double(tokenCount)
      return blocks + head
    case .bert(let config):
      let blocks = blockOperations(
        config.hiddenSize, config.intermediateSize, config.layerCount, attended, isCausal: false)
      let size = config.hiddenSize
      let head = Double(size * (size + config.vocabularySize)) * 6 * Double(maskedCount)
      return blocks + head
    }
  }

  private var maskedCount: Int { tokenCount * 15 / 100 }

  private func blockOperations(
    _ size: Int, _ wide: Int, _ layers: Int, _ attended: Double, isCausal: Bool
  ) -> Double {
    let weights = Double(4 * size * size + 2 * size * wide)
    let attention = 12 * attended * Double(size) * (isCausal ? 0.5 : 1)
    return Double(layers) * (6 * weights * Double(tokenCount) + attention)
  }

  func measure(_ settings: BenchSettings) throws -> BenchResult {
    guard !settings.precision.quantizesWeights else {
      throw InputError(expected: "fp32 or bf16 for \(name)", found: settings.precision.rawValue)
    }
    let peakBefore = matrixPeak(settings.precision)
    var step = start(settings.precision)
    try check(&step)
    let allocations = MemoryPool.statistics.systemAllocations
    let median = Stopwatch.times(seconds: settings.seconds) { _ = step.run() }.median
    return BenchResult(
      name: name, precision: settings.precision, seconds: median, items: Double(tokenCount),
      unit: "tokens",
      products: (operations / median * 1e-9, max(peakBefore, matrixPeak(settings.precision))),
      systemAllocations: MemoryPool.statistics.systemAllocations - allocations)
  }

  /// The loss of random targets starts near that of an even guess, and falls on a repeated batch.
  private func check(_ step: inout TrainingStep) throws {
    let first = step.run()
    for _ in 0..<9 { _ = step.run() }
    let last = step.run()
    let even = Float(log(Double(vocabularySize)))
    guard abs(first - even) < 0.1 * even, last < first else {
      throw WrongResult(
        workload: name, expected: "a first loss near \(even) and a lower one later",
        found: "\(first), \(last)")
    }
  }

  /// The model, its batch and its optimizer, ready to step.
  func start(_ precision: Mode.Precision) -> TrainingStep {
    let parameters = ParameterStore(seed: 0)
    let model = LanguageModel(config, in: parameters.root)
    var recipe = OptimizerRecipe(kind: .adamw, learningRate: rate)
    recipe.weightDecay = 0.01
    var random = RandomStream(RandomKey(seed: 0, name: name))
    func ids(_ count: Int, below limit: Int) -> Tensor {
      Tensor((0..<count).map { _ in Int32(random.below(limit)) })
    }
    let loss: @Sendable (Mode) -> Tensor
    switch model {
    case .gpt(let model):
      let input = Sequences(ids(tokenCount, below: model.config.vocabularySize), lengths: lengths)
      let targets = ids(tokenCount, below: model.config.vocabularySize)
      loss = { model.loss(input, targets: targets, $0) }
    case .bert(let model):
      let vocabulary = model.config.vocabularySize
      let positions = (0..<Int32(tokenCount)).shuffled(using: &random).prefix(maskedCount)
      let batch = BERTPretraining.Batch(
        ids: Sequences(ids(tokenCount, below: vocabulary), lengths: lengths),
        segments: .zeros([tokenCount], .int32), positions: Tensor(Array(positions)),
        labels: ids(maskedCount, below: vocabulary), nextLabels: nil)
      loss = { model.loss(batch, $0).total }
    }
    return TrainingStep(
      parameters: parameters.parameters, precision: precision, rate: rate, loss: loss,
      optimizer: Optimizer(recipe, parameters: parameters.parameters))
  }

  private static func gpt(
    _ name: String, vocabulary: Int, context: Int, size: Int, layers: Int, heads: Int, batch: Int
  ) -> TrainingWorkload {
    var config = GPTConfig(
      vocabularySize: vocabulary, contextLength: context, hiddenSize: size, layerCount: layers,
      headCount: heads)
    config.dropout = 0
    config.attentionDropout = 0
    return TrainingWorkload(
      name: name, lengths: Array(repeating: context, count: batch), config: .gpt(config),
      rate: 3e-4)
  }

  private static func bert(
    _ name: String, size: Int, layers: Int, heads: Int, lengths: [Int]
  ) -> TrainingWorkload {
    var config = BERTConfig(
      vocabularySize: 30522, contextLength: 512, hiddenSize: size, layerCount: layers,
      headCount: heads)
    config.activation = .geluNew
    config.layerNormEpsilon = 1e-5
    config.dropout = 0
    config.attentionDropout = 0
    return TrainingWorkload(name: name, lengths: lengths, config: .bert(config), rate: 1e-4)
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

/// The moving parts of a workload.
struct TrainingStep {
  let parameters: [Parameter]
  let precision: Mode.Precision
  let rate: Double
  let loss: @Sendable (Mode) -> Tensor
  var optimizer: Optimizer

  /// Trains on the batch once and returns its loss before that.
  mutating func run() -> Float {
    let loss = loss(.training(seed: 0, step: optimizer.stepCount, precision: precision))
    let gradients = loss.gradients(of: parameters)
    optimizer.step(along: gradients, rate: rate, clipNorm: 1)
    return loss.scalar
  }
}
