import ApusLayers

/// Fixed work that `apus bench` times under a name that the programs in `Tests/Peers` share.
protocol Workload: Sendable {
  var name: String { get }

  /// Prepares the work, checks what it computes, then times it.
  ///
  /// - Throws: `WrongResult` if it does not compute what it should.
  func measure(_ settings: BenchSettings) throws -> BenchResult
}

/// What the user of `apus bench` chose for all workloads.
struct BenchSettings {
  let precision: Mode.Precision
  /// How long the clock runs.
  let seconds: Double
  /// For tokenizers: a file of text and a tokenizer, in place of those that are made.
  var text, tokenizer: String?
  /// For embeddings: a model directory in place of random weights.
  var model: String?
}

enum Workloads {
  static let all: [any Workload] =
    TrainingWorkload.all + TokenizerWorkload.all
    + [EmbeddingWorkload(), GenerationWorkload()]

  static var names: [String] { all.map(\.name) }
}

/// A workload that does not compute what it should, so that its speed means nothing.
struct WrongResult: Error, CustomStringConvertible {
  let workload, expected, found: String

  var description: String { "\(workload): expected \(expected), got \(found)" }
}
