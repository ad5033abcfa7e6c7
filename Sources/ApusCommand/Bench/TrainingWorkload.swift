import ApusLayers
import ApusTensors
import ApusTraining
import Glibc

/// Training steps: forward, backward, clipping and update.
///
/// The shapes, the optimizer and the amount of mathematics are those of the PyTorch programs in
/// `Tests/Peers` under the same names.
struct TrainingWorkload: Workload {
  typealias Loss = @Sendable (Mode) -> Tensor

  let name: String
  let trains = true
  let itemCount: Int
  var unit = "tokens"
  /// The steps of one repetition.
  var stepCount = 1
  /// What a loss chooses from.
  let classCount: Int
  /// The loss of even guesses; nil for the logarithm of the number of classes.
  var evenLoss: Float?
  /// Floating-point operations of the matrix products of a repetition: two an element of the result and
  /// term, three products a weight and token.
  let operations: Double
  let optimizer: OptimizerRecipe
  let clipNorm: Double
  /// Makes the model and a batch of random numbers, and gives the loss of that.
  let start: @Sendable (Scope, inout RandomStream) -> Loss

  static let all = transformers + recurrent + translation + speech

  func measure(_ settings: BenchSettings) throws -> BenchResult {
    let peakBefore = matrixPeak(settings.precision)
    let parameters = ParameterStore(seed: 0)
    var random = RandomStream(RandomKey(seed: 0, name: name))
    let loss = start(parameters.root, &random)
    var step = TrainingStep(
      parameters: parameters.parameters, precision: settings.precision,
      rate: optimizer.learningRate, clipNorm: clipNorm, loss: loss,
      optimizer: Optimizer(optimizer, parameters: parameters.parameters))
    try check(&step)
    let allocations = MemoryPool.statistics.systemAllocations
    let median = Stopwatch.times(seconds: settings.seconds) {
      for _ in 0..<stepCount { _ = step.run() }
    }.median
    return BenchResult(
      name: name, precision: settings.precision, seconds: median, items: Double(itemCount),
      unit: unit,
      products: (operations / median * 1e-9, max(peakBefore, matrixPeak(settings.precision))),
      systemAllocations: MemoryPool.statistics.systemAllocations - allocations)
  }

  /// The loss of random targets starts near that of an even guess, and falls on a repeated batch.
  private func check(_ step: inout TrainingStep) throws {
    let first = step.run()
    for _ in 0..<9 { _ = step.run() }
    let last = step.run()
    let even = evenLoss ?? Float(log(Double(classCount)))
    guard abs(first - even) < 0.1 * even, last < first else {
      throw WrongResult(
        workload: name, expected: "a first loss near \(even) and a lower one later",
        found: "\(first), \(last)")
    }
  }
}

extension RandomStream {
  /// Evenly drawn ids.
  mutating func ids(_ count: Int, below limit: Int) -> Tensor {
    Tensor((0..<count).map { _ in Int32(below(limit)) })
  }
}

/// The moving parts of a workload.
private struct TrainingStep {
  let parameters: [Parameter]
  let precision: Mode.Precision
  let rate: Double
  let clipNorm: Double
  let loss: TrainingWorkload.Loss
  var optimizer: Optimizer
  var stepCount = 0

  /// Trains on the batch once and returns its loss before that.
  mutating func run() -> Float {
    let loss = loss(.training(seed: 0, step: stepCount, precision: precision))
    let gradients = loss.gradients(of: parameters)
    optimizer.step(along: gradients, rate: rate, clipNorm: clipNorm)
    stepCount += 1
    return loss.scalar
  }
}
