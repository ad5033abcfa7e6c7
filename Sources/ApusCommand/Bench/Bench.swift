import ApusFiles
import ApusLayers
import ApusTensors
import ArgumentParser
import Foundation

struct Bench: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measure the speed of training steps on fixed shapes.",
    discussion: """
      Each workload checks its result before it is timed, and prints the median step beside the \
      rate of matrix products measured in the same run.

      WORKLOADS
        \(TrainingWorkload.all.map(\.name).joined(separator: ", "))

      EXAMPLES
        apus bench gpt-char
        apus bench bert-base --precision bf16 --threads 2 --json
      """)

  @Argument(
    help: "The workload, or all.",
    completion: .list(TrainingWorkload.all.map(\.name) + ["all"]))
  var name: String

  @Option(help: "The type of the operands of matrix products: fp32 or bf16.")
  var precision = Mode.Precision.fp32

  @Option(help: "The number of threads.")
  var threads: Int?

  @Option(help: "How long each workload is timed, in seconds.")
  var seconds = 10.0

  @Flag(help: "Print a JSON object a workload.")
  var json = false

  func validate() throws {
    if let threads, threads < 1 {
      throw ValidationError("--threads must be at least 1, got \(threads).")
    }
    guard seconds > 0, seconds < 86_400 else {
      throw ValidationError("--seconds must be above 0 and below a day, got \(seconds).")
    }
    guard name == "all" || TrainingWorkload.all.contains(where: { $0.name == name }) else {
      let names = TrainingWorkload.all.map(\.name).joined(separator: ", ")
      throw ValidationError("expected all or one of \(names), got \(name).")
    }
  }

  func run() throws {
    if let threads { Processor.threadCount = threads }
    guard precision == .fp32 || Processor.supportsBFloat16 else {
      throw InputError(expected: "fp32 on a processor without AVX-512", found: "bf16")
    }
    for workload in TrainingWorkload.all where name == "all" || name == workload.name {
      let result = try measure(workload)
      print(try json ? result.json : result.text)
      fflush(nil)
    }
  }

  private func measure(_ workload: TrainingWorkload) throws -> BenchResult {
    let peakBefore = matrixPeak(precision)
    var step = workload.start(precision)
    try check(&step, workload)
    let allocations = MemoryPool.statistics.systemAllocations
    let times = Stopwatch.times(seconds: seconds) { _ = step.run() }
    let median = times.median
    return BenchResult(
      name: workload.name, precision: precision.rawValue, threads: Processor.threadCount,
      itemsPerSecond: Double(workload.tokenCount) / median, unit: "tokens",
      milliseconds: 1000 * median, gflops: workload.operations / median * 1e-9,
      peakGflops: max(peakBefore, matrixPeak(precision)), peakMemoryMb: peakMemory() / 0x1p20,
      systemAllocations: MemoryPool.statistics.systemAllocations - allocations)
  }

  /// The loss of random targets starts near that of an even guess, and falls on a repeated batch.
  private func check(_ step: inout TrainingStep, _ workload: TrainingWorkload) throws {
    let first = step.run()
    for _ in 0..<9 { _ = step.run() }
    let last = step.run()
    let even = Float(log(Double(workload.vocabularySize)))
    guard abs(first - even) < 0.1 * even, last < first else {
      throw WrongResult(workload: workload.name, first: first, expected: even, last: last)
    }
  }

  private func peakMemory() -> Double {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return Double(usage.ru_maxrss) * 1024
  }
}

/// A workload that does not compute what it should, so that its speed means nothing.
struct WrongResult: Error, CustomStringConvertible {
  let workload: String
  let first, expected, last: Float

  var description: String {
    "\(workload): expected a first loss near \(expected) and a lower one later, got \(first), \(last)"
  }
}

extension Mode.Precision: ExpressibleByArgument {}

/// What a workload measured.
struct BenchResult: Encodable {
  let name, precision: String
  let threads: Int
  let itemsPerSecond: Double
  let unit: String
  let milliseconds, gflops, peakGflops, peakMemoryMb: Double
  /// How often memory was asked of the system while the clock ran.
  let systemAllocations: Int

  var json: String {
    get throws {
      let encoder = JSONEncoder()
      encoder.keyEncodingStrategy = .convertToSnakeCase
      encoder.outputFormatting = .sortedKeys
      return String(decoding: try encoder.encode(self), as: UTF8.self)
    }
  }

  var text: String {
    String(
      format:
        "%@ %@ %d threads: %.0f %@/s, %.1f ms/step, %.0f GFLOP/s (%.0f %% of %.0f), %.0f MB, %d allocations",
      name, precision, threads, itemsPerSecond, unit, milliseconds, gflops,
      100 * gflops / peakGflops, peakGflops, peakMemoryMb, systemAllocations)
  }
}
