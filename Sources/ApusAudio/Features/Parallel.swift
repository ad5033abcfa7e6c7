import CApusKernels

/// Runs `body` over parts of 0..<count, each at least `grain` long, on the kernels' team of threads.
func parallel(_ count: Int, grain: Int, _ body: (Range<Int>) -> Void) {
  withoutActuallyEscaping(body) { body in
    var task = ParallelTask(body: body)
    withUnsafeMutablePointer(to: &task) { task in
      apus_parallel(
        Int64(count), Int64(grain),
        { context, begin, end in
          context?.assumingMemoryBound(to: ParallelTask.self).pointee.body(Int(begin)..<Int(end))
        }, task)
    }
  }
}

private struct ParallelTask {
  let body: (Range<Int>) -> Void
}
