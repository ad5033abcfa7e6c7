import Foundation

/// The thread that runs what is awaited of generators.
///
/// Decoding occupies a thread for as long as it lasts, which Swift's own threads, one a core, are
/// not meant for. One thread serves all: the team of threads that its products use has every core,
/// and a second team would only compete with it.
final class DecodingThread: SerialExecutor {
  static let shared = DecodingThread()

  private let jobs = JobQueue()

  private init() {
    let (jobs, executor) = (jobs, asUnownedSerialExecutor())
    let thread = Thread {
      while true { jobs.wait().runSynchronously(on: executor) }
    }
    thread.name = "apus decoding"
    thread.start()
  }

  func enqueue(_ job: consuming ExecutorJob) { jobs.add(UnownedJob(job)) }
}

/// Jobs in the order in which they came.
private final class JobQueue: @unchecked Sendable {
  private let condition = NSCondition()
  private var jobs: [UnownedJob] = []

  func add(_ job: UnownedJob) {
    condition.withLock { jobs.append(job) }
    condition.signal()
  }

  func wait() -> UnownedJob {
    condition.withLock {
      while jobs.isEmpty { condition.wait() }
      return jobs.removeFirst()
    }
  }
}
