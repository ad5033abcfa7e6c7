import ApusFiles
import ApusLayers
import ApusModels
import ApusTensors
import ApusTraining

/// Fine-tuning, or prediction, on the examples of a task file, in batches of natural and like lengths.
///
/// The encoder is that of `--model`, tasks and data are those of the file `--data`; `finetune.py` among the
/// Python programs in `Tests/Peers` learns the same. A repetition of training is some steps of an epoch, the
/// same every time; one of prediction is the answers for the first examples of each task.
struct FineTuningWorkload: Workload {
  let name: String
  let trains: Bool
  let needs: Set<BenchInput> = [.data, .model]

  var inputs: Set<BenchInput> { needs }

  static let all = [
    FineTuningWorkload(name: "finetune", trains: true),
    FineTuningWorkload(name: "predict", trains: false),
  ]

  private static let stepCount = 32
  /// The examples of each task that are predicted.
  private static let exampleCount = 512

  func measure(_ settings: BenchSettings) throws -> BenchResult {
    let recipe = try Recipe(tasks: settings.data ?? "")
    let network = try PretrainedNetwork(settings.model ?? "")
    let task = try FineTuningTask(recipe, over: network)
    let store = ParameterStore(seed: 0, from: task.start)
    let model = task.model(in: store.root)
    let peak = matrixPeak(settings.precision)
    let allocations: Int
    let (median, items, tokens): (Double, Int, Int)
    if trains {
      var batches = task.batches(from: BatchCursor())
      let steps = (0..<Self.stepCount).compactMap { _ in batches.next() }
      var training = Training(
        task: task, model: model, steps: steps, precision: settings.precision,
        optimizer: Optimizer(recipe.optimizer, parameters: store.parameters),
        rate: recipe.optimizer.learningRate / 10, clipNorm: recipe.training.clipNorm)
      try check(&training)
      allocations = MemoryPool.statistics.systemAllocations
      median = Stopwatch.times(seconds: settings.seconds) { _ = training.run() }.median
      items = steps.reduce(0) { $0 + $1.examples.count }
      tokens = steps.reduce(0) { $0 + $1.tokenCount }
    } else {
      let examples = try zip(recipe.tasks, model.tasks).map { recipe, task in
        try Array(
          task.examples(TaskTextReader(recipe).read(recipe.data ?? "")).prefix(Self.exampleCount))
      }
      func predict() -> [[TaskAnswer]] {
        zip(model.tasks, examples).map { $0.answers(to: $1, settings.precision) }
      }
      try check(predict(), of: model, examples, settings.precision)
      allocations = MemoryPool.statistics.systemAllocations
      median = Stopwatch.times(seconds: settings.seconds) { _ = predict() }.median
      items = examples.reduce(0) { $0 + $1.count }
      tokens = examples.joined().reduce(0) { $0 + $1.length }
    }
    return BenchResult(
      name: name, precision: settings.precision, seconds: median, items: Double(items),
      unit: "examples",
      products: operations(network, tokens: tokens).map {
        ($0 / median * 1e-9, max(peak, matrixPeak(settings.precision)))
      }, systemAllocations: MemoryPool.statistics.systemAllocations - allocations)
  }

  /// Two operations for each weight of a Transformer's blocks and each token, three times when training.
  private func operations(_ network: PretrainedNetwork, tokens: Int) -> Double? {
    guard case .transformer(let config) = network.config, let shape = config.transformer else {
      return nil
    }
    let weights = shape.hiddenSize * (4 * shape.hiddenSize + 2 * shape.intermediateSize)
    return (trains ? 6 : 2) * Double(tokens) * Double(shape.layerCount * weights)
  }

  /// The loss of steps that come again falls.
  private func check(_ training: inout Training) throws {
    let first = training.run()
    let last = training.run()
    guard last < first else {
      throw WrongResult(
        workload: name, expected: "a loss below the \(first) of the first steps", found: "\(last)")
    }
  }

  /// An example has the same answer among others as alone.
  private func check(
    _ answers: [[TaskAnswer]], of model: FineTunedModel, _ examples: [[TaskExample]],
    _ precision: Mode.Precision
  ) throws {
    let tolerance: Float = precision == .fp32 ? 1e-4 : 0.05
    for (task, (examples, answers)) in zip(model.tasks, zip(examples, answers)) {
      for index in stride(from: 0, to: examples.count, by: 97) {
        let alone = task.answers(to: [examples[index]], precision)[0]
        let pairs = zip(alone.numbers, answers[index].numbers)
        guard pairs.allSatisfy({ abs($0 - $1) <= tolerance * max(1, abs($0)) }) else {
          throw WrongResult(
            workload: name, expected: "\(alone) of \(task.config.name)", found: "\(answers[index])")
        }
      }
    }
  }
}

extension TaskAnswer {
  /// What the answer was made from, without what is only chosen.
  fileprivate var numbers: [Float] {
    switch self {
    case .label(_, let values), .labels(let values), .scores(let values): values
    case .score(let value): [value]
    case .tags, .span: []
    }
  }
}

/// Steps that are learnt again and again.
private struct Training {
  let task: FineTuningTask
  let model: FineTunedModel
  let steps: [TaskBatch]
  let precision: Mode.Precision
  var optimizer: Optimizer
  let rate: Double
  let clipNorm: Double?
  var stepCount = 0

  /// The mean loss of the steps, each before it is learnt.
  mutating func run() -> Double {
    var sum = 0.0
    for batch in steps {
      var carried: [Tensor] = []
      let loss = task.loss(
        batch, model, carrying: &carried,
        .training(seed: 0, step: stepCount, precision: precision), of: batch.targetCounts
      ).total
      let gradients = loss.gradients(of: optimizer.parameters)
      optimizer.step(along: gradients, rate: rate, clipNorm: clipNorm)
      sum += Double(loss.scalar)
      stepCount += 1
    }
    return sum / Double(steps.count)
  }
}
