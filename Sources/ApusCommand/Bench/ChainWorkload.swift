import ApusTensors
import Glibc

/// Loss and gradients of a conditional random field: 32 sequences of 50 elements with 17 labels.
struct ChainWorkload: Workload {
  let name = "crf"

  func measure(_ settings: BenchSettings) throws -> BenchResult {
    let (rows, steps, labelCount) = (32, 50, 17)
    var random = RandomStream(RandomKey(seed: 0, name: name))
    let labels = random.ids(rows * steps, below: labelCount)
    let shapes = [
      [rows * steps, labelCount], [labelCount, labelCount], [labelCount], [labelCount],
    ]
    func gradients(_ operands: [Tensor]) -> (loss: Tensor, gradients: [Tensor]) {
      let loss = chainLoss(
        Sequences(operands[0], lengths: Array(repeating: steps, count: rows)), labels: labels,
        ChainScores(transitions: operands[1], starts: operands[2], ends: operands[3])
      ).mean()
      return (loss, loss.gradients(of: operands))
    }
    let even = gradients(shapes.map { Tensor.zeros($0).tracked }).loss.scalar
    let expected = Float(steps) * Float(log(Double(labelCount)))
    guard abs(even - expected) < 1e-4 * expected else {
      throw WrongResult(workload: name, expected: "\(expected)", found: "\(even)")
    }
    let operands = shapes.enumerated().map {
      Tensor.normal($1, RandomKey(seed: 0, name: name).split($0)).tracked
    }
    let times = Stopwatch.times(seconds: settings.seconds) { _ = gradients(operands) }
    return BenchResult(name: name, seconds: times.median, items: Double(rows), unit: "sequences")
  }
}
