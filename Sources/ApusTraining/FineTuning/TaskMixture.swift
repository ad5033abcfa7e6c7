import ApusTensors
import Glibc

/// Whose turn it is in an epoch: how many batches of each task, and in which order.
///
/// A function of sizes, seed and epoch alone, so that a run goes on where it was stopped.
struct TaskMixture: Sendable {
  let mixing: FineTuningRecipe.Mixing
  let temperature: Double
  /// The epochs of the whole run, by which the annealed mixture goes.
  let epochCount: Int?
  let seed: UInt64

  /// The batches of each task in an epoch; in all as many as the tasks have.
  ///
  /// - Parameters:
  ///   - sizes: The batches that hold all of a task's data once.
  ///   - epoch: The number of the epoch.
  /// - Returns: A number for each task, at least 1.
  func counts(ofSizes sizes: [Int], epoch: Int) -> [Int] {
    let exponent: Double
    switch mixing {
    case .size: return sizes
    case .equal: exponent = 0
    case .temperature: exponent = 1 / temperature
    case .annealed:
      let last = Double(max(1, (epochCount ?? 1) - 1))
      exponent = 1 - 0.8 * min(1, Double(epoch) / last)
    }
    let weights = sizes.map { pow(Double($0), exponent) }
    let sum = weights.reduce(0, +)
    let total = sizes.reduce(0, +)
    let shares = weights.map { $0 / sum * Double(total) }
    // Whole numbers of the same sum: those with the largest rests are rounded up; none is left out.
    var counts = shares.map { max(1, Int($0)) }
    let byRest = shares.indices.sorted {
      let rests = (shares[$0] - shares[$0].rounded(.down), shares[$1] - shares[$1].rounded(.down))
      return (rests.1, $0) < (rests.0, $1)
    }
    for index in byRest where counts.reduce(0, +) < total { counts[index] += 1 }
    return counts
  }

  /// The task of each batch of an epoch.
  func order(ofSizes sizes: [Int], epoch: Int) -> [Int] {
    let counts = counts(ofSizes: sizes, epoch: epoch)
    let tasks = counts.indices.flatMap { Array(repeating: $0, count: counts[$0]) }
    var random = RandomStream(RandomKey(seed: seed, step: epoch, name: "tasks"))
    return tasks.shuffled(using: &random)
  }
}
