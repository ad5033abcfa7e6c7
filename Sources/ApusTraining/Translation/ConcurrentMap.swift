import ApusTensors
import Dispatch

/// What a function makes of each element, on all threads.
func concurrentMap<Element: Sendable, Result: Sendable>(
  _ elements: [Element], _ transform: @Sendable (Element) -> Result
) -> [Result] {
  // Fewer are done sooner than threads start.
  let partCount = min(Processor.threadCount, elements.count / 64)
  guard partCount > 1 else { return elements.map(transform) }
  var parts = [[Result]](repeating: [], count: partCount)
  parts.withUnsafeMutableBufferPointer { parts in
    // Each thread writes its own part.
    nonisolated(unsafe) let parts = parts
    withoutActuallyEscaping(transform) { transform in
      DispatchQueue.concurrentPerform(iterations: partCount) { part in
        let range =
          elements.count * part / partCount..<elements.count * (part + 1) / partCount
        parts[part] = elements[range].map(transform)
      }
    }
  }
  return parts.flatMap { $0 }
}
