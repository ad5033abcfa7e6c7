import Dispatch
import Synchronization

/// A value that one thread at a time touches, by construction of the code around it.
struct Unchecked<Value>: @unchecked Sendable { var value: Value }

/// Runs `body` for 0..<count on up to `threadCount` threads, handing out numbers as they get free.
func concurrently(_ count: Int, threadCount: Int, _ body: (_ index: Int, _ thread: Int) -> Void) {
  guard count > 1, threadCount > 1 else {
    for index in 0..<count { body(index, 0) }
    return
  }
  withoutActuallyEscaping(body) { body in
    let shared = Unchecked(value: body)
    let next = Atomic(0)
    DispatchQueue.concurrentPerform(iterations: min(count, threadCount)) { thread in
      while true {
        let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
        guard index < count else { return }
        shared.value(index, thread)
      }
    }
  }
}

/// A pass over a corpus on several threads.
struct ParallelPass {
  let corpus: Corpus
  let threadCount: Int
  /// Documents are gathered up to this many bytes before threads set to work on them.
  private let batchBytes: Int

  init(_ corpus: Corpus, threadCount: Int) {
    precondition(threadCount > 0, "ParallelPass: expected at least one thread")
    self.corpus = corpus
    self.threadCount = threadCount
    batchBytes = (1 << 21) * threadCount
  }

  /// Some documents, end to end.
  struct Documents {
    fileprivate let bytes: UnsafeBufferPointer<UInt8>
    fileprivate let ends: ArraySlice<Int>
    fileprivate let start: Int

    func forEach(_ body: (UnsafeBufferPointer<UInt8>) -> Void) {
      var start = start
      for end in ends {
        body(UnsafeBufferPointer(rebasing: bytes[start..<end]))
        start = end
      }
    }
  }

  /// Gives groups of documents to `work` on several threads and the results to `collect` on the
  /// caller's, in the order of the corpus, whatever the number of threads.
  ///
  /// - Parameters:
  ///   - work: Receives the documents and the number of the thread.
  ///   - collect: Receives the results.
  /// - Returns: What was seen in the corpus.
  /// - Throws: What reading and `collect` throw.
  func run<Result>(
    _ work: (Documents, _ thread: Int) -> Result, collect: (Result) throws -> Void
  ) throws -> Corpus.Report {
    var bytes: [UInt8] = []
    var ends: [Int] = []
    func flush() throws {
      try process(bytes, ends, work, collect)
      bytes.removeAll(keepingCapacity: true)
      ends.removeAll(keepingCapacity: true)
    }
    let report = try corpus.forEachDocument { text, _ in
      if bytes.count + text.count > batchBytes, !ends.isEmpty { try flush() }
      bytes.append(contentsOf: text)
      ends.append(bytes.count)
    }
    try flush()
    return report
  }

  private func process<Result>(
    _ bytes: [UInt8], _ ends: [Int], _ work: (Documents, _ thread: Int) -> Result,
    _ collect: (Result) throws -> Void
  ) throws {
    // Groups of some size keep the threads evenly busy to the end.
    let groupBytes = max(1, bytes.count / (threadCount * 8))
    var groups: [Range<Int>] = []
    var first = 0
    for (index, end) in ends.enumerated()
    where index == ends.count - 1 || end - (first == 0 ? 0 : ends[first - 1]) >= groupBytes {
      groups.append(first..<index + 1)
      first = index + 1
    }
    var results = [Result?](repeating: nil, count: groups.count)
    bytes.withUnsafeBufferPointer { bytes in
      results.withUnsafeMutableBufferPointer { results in
        concurrently(groups.count, threadCount: threadCount) { index, thread in
          let group = groups[index]
          let start = group.lowerBound == 0 ? 0 : ends[group.lowerBound - 1]
          results[index] = work(
            Documents(bytes: bytes, ends: ends[group], start: start), thread)
        }
      }
    }
    for case let result? in results { try collect(result) }
  }
}
