import ApusFiles
import ApusTensors

/// Batches of several tasks, each of one task alone.
public struct TaskBatches: TrainingBatches {
  /// The data of a task, and how much of it goes into a batch.
  struct Source: Sendable {
    /// The number of the task among those of the model.
    let task: Int
    let examples: [TaskExample]
    let size: BatchSize
    /// Which examples an epoch takes; nil takes all.
    var sampling: ClassSampling?
  }

  private let sources: [Source]
  private let mixture: TaskMixture
  private let seed: UInt64
  public private(set) var cursor: BatchCursor
  /// The batches of the present epoch.
  private var plan: [(source: Int, numbers: [Int])] = []

  init(_ sources: [Source], _ mixture: TaskMixture, seed: UInt64, from cursor: BatchCursor) {
    self.sources = sources
    self.mixture = mixture
    self.seed = seed
    self.cursor = cursor
    plan = plan(epoch: cursor.epoch)
  }

  /// The batches of the present epoch.
  var batchCountOfEpoch: Int { plan.count }

  public mutating func next() -> TaskBatch? {
    if cursor.batch >= plan.count {
      cursor = BatchCursor(epoch: cursor.epoch + 1)
      plan = plan(epoch: cursor.epoch)
    }
    defer { cursor.batch += 1 }
    let (source, numbers) = plan[cursor.batch]
    return TaskBatch(
      task: sources[source].task, examples: numbers.map { sources[source].examples[$0] },
      numbers: numbers,
      key: RandomKey(seed: seed, step: cursor.epoch, name: "masks").split(cursor.batch))
  }

  private func order(of source: Int, epoch: Int) -> LengthBatches {
    LengthBatches(
      lengths: sources[source].examples.map(\.length), size: sources[source].size,
      // Tasks with data of the same size shall not go through them alike.
      order: .shuffled(seed: seed &+ UInt64(source) &* 0x9E37_79B9_7F4A_7C15),
      sampling: sources[source].sampling, from: BatchCursor(epoch: epoch))
  }

  private func plan(epoch: Int) -> [(source: Int, numbers: [Int])] {
    let sizes = sources.indices.map { order(of: $0, epoch: 0).batchCountOfEpoch }
    let counts = mixture.counts(ofSizes: sizes, epoch: epoch)
    var walks = sources.indices.map { source in
      // A task that comes more often than its data goes through them several times an epoch.
      let rounds = (counts[source] + sizes[source] - 1) / sizes[source]
      return order(of: source, epoch: epoch * rounds)
    }
    return mixture.order(ofSizes: sizes, epoch: epoch).map { source in
      guard let numbers = walks[source].next() else {
        preconditionFailure("TaskBatches: batches came to an end")
      }
      return (source, numbers)
    }
  }
}
