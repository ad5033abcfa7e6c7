import Apus
import ApusDecoding
import ApusLayers
import ApusModels
import ApusTensors

/// The greedy continuation of one prompt by a GPT-2 of 124 million random weights.
///
/// Shapes and counts are those of `generate` among the PyTorch programs in `Tests/Peers`.
struct GenerationWorkload: Workload {
  let name = "generate"
  private let promptCount = 32
  private let tokenCount = 64
  private let config = GPTConfig()

  func measure(_ settings: BenchSettings) throws -> BenchResult {
    let model = GPT(config, in: ParameterStore(seed: 0).root)
    let mode = Mode.evaluation(settings.precision)
    var random = RandomStream(RandomKey(seed: 0, name: name))
    let prompt = (0..<promptCount).map { _ in Int32(random.below(config.vocabularySize)) }
    let options = GenerationOptions(sampling: .greedy, tokenCount: tokenCount)
    func generate() throws -> [Int32] {
      try CausalModel.gpt(model).steps(mode).generate(
        [prompt], options, key: RandomKey(seed: 0, name: name))[0]
    }
    try check(try generate(), after: prompt, model, mode)
    let bandwidth = memoryBandwidth()
    let allocations = MemoryPool.statistics.systemAllocations
    let median = try Stopwatch.times(seconds: settings.seconds) { _ = try generate() }.median
    let bytes = Double(tokenCount) * weightBytes(settings.precision)
    return BenchResult(
      name: name, precision: settings.precision, seconds: median, items: Double(tokenCount),
      unit: "tokens", reads: (bytes / median, max(bandwidth, memoryBandwidth())),
      systemAllocations: MemoryPool.statistics.systemAllocations - allocations)
  }

  /// The matrices are read once a token; they are all but all of the weights.
  private func weightBytes(_ precision: Mode.Precision) -> Double {
    let positions = Double(config.contextLength * config.hiddenSize)
    let bytes: Double =
      switch precision {
      case .fp32: 4
      case .bf16: 2
      case .int8: 1
      }
    return (config.parameterCount - positions) * bytes
  }

  /// Each token is the likeliest, or all but that, where the whole text is read at once.
  private func check(
    _ tokens: [Int32], after prompt: [Int32], _ model: GPT, _ mode: Mode
  ) throws {
    let logits = withoutGradients { model.logits(Sequences(ids: [prompt + tokens]), mode) }
    for (index, token) in tokens.enumerated() {
      let row = logits.rows(promptCount - 1 + index..<promptCount + index).floatElements
      let (best, found) = (row.max() ?? 0, row[Int(token)])
      guard best - found <= 0.05 * abs(best) else {
        throw WrongResult(
          workload: name, expected: "token \(index + 1) of a logit near \(best)", found: "\(found)")
      }
    }
  }
}
