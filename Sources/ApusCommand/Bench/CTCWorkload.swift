import ApusTensors
import Glibc

/// The CTC loss with its gradient from logits.
struct CTCWorkload: Workload {
  let frameCount, sequenceCount, classCount, labelCount: Int

  static let all = [
    CTCWorkload(frameCount: 300, sequenceCount: 16, classCount: 29, labelCount: 80),
    CTCWorkload(frameCount: 500, sequenceCount: 16, classCount: 29, labelCount: 120),
    CTCWorkload(frameCount: 200, sequenceCount: 16, classCount: 5000, labelCount: 40),
  ]

  var name: String { "ctc-T\(frameCount)-B\(sequenceCount)-C\(classCount)-L\(labelCount)" }

  func measure(_ settings: BenchSettings) throws -> BenchResult {
    let shape = [frameCount * sequenceCount, classCount]
    // Labels that follow each other differ.
    let targets = (0..<sequenceCount).map { row in
      (0..<labelCount).map { Int32(1 + (7 * $0 + row) % (classCount - 1)) }
    }
    func gradient(_ logits: Tensor) throws -> (loss: Tensor, gradients: [Tensor]) {
      let frames = Sequences(
        logits, lengths: Array(repeating: frameCount, count: sequenceCount))
      let loss = try ctcLoss(frames, targets: targets).losses.mean()
      return (loss, loss.gradients(of: [logits]))
    }
    // Where all classes are as probable, C(T + L, 2 L) alignments are.
    let alignments =
      lgamma(Double(frameCount + labelCount + 1)) - lgamma(Double(2 * labelCount + 1))
      - lgamma(Double(frameCount - labelCount + 1))
    let expected = Double(frameCount) * log(Double(classCount)) - alignments
    let even = Double(try gradient(Tensor.zeros(shape).tracked).loss.scalar)
    guard abs(even - expected) < 1e-5 * expected else {
      throw WrongResult(workload: name, expected: "\(expected)", found: "\(even)")
    }
    let logits = Tensor.normal(shape, RandomKey(seed: 0, name: name)).tracked
    // Softmax and occupancies both sum to 1 at each frame.
    let (loss, gradients) = try gradient(logits)
    let sums = gradients[0].sum(axis: 1).elements(as: Float.self)
    guard loss.scalar.isFinite, sums.allSatisfy({ abs($0) < 1e-5 }) else {
      throw WrongResult(
        workload: name, expected: "gradients that sum to 0 at each frame",
        found: "\(sums.map(abs).max() ?? .nan)")
    }
    let times = try Stopwatch.times(seconds: settings.seconds) { _ = try gradient(logits) }
    return BenchResult(
      name: name, seconds: times.median, items: Double(sequenceCount), unit: "sequences")
  }
}
