import ApusLayers

/// Fixed work that `apus bench` times under a name that the programs in `Tests/Peers` share.
protocol Workload: Sendable {
  var name: String { get }
  /// What of the user's it can work on.
  var inputs: Set<BenchInput> { get }
  /// What of the user's it can't do without.
  var needs: Set<BenchInput> { get }
  /// Whether it learns weights, which int8 can't.
  var trains: Bool { get }

  /// Prepares the work, checks what it computes, then times it.
  ///
  /// - Throws: `WrongResult` if it does not compute what it should.
  func measure(_ settings: BenchSettings) throws -> BenchResult
}

extension Workload {
  var inputs: Set<BenchInput> { [] }
  var needs: Set<BenchInput> { [] }
  var trains: Bool { false }
}

/// What a user can give workloads in place of what is made up, by the name of its option.
enum BenchInput: String {
  case text, tokenizer, model, data, source, target
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
  /// For natural lengths: tagged sentences, or pairs of lines of words.
  var data, source, target: String?
}

enum Workloads {
  static let all: [any Workload] =
    TrainingWorkload.all + NaturalWorkload.all + TokenizerWorkload.all + CTCWorkload.all
    + TranslationWorkload.all + FineTuningWorkload.all
    + [
      CTCBeamWorkload(), ChainWorkload(), EmbeddingWorkload(), GenerationWorkload(),
      LogMelWorkload(), SearchWorkload(), TranscriptionWorkload(), WordVectorWorkload(),
    ]

  static var names: [String] { all.map(\.name) }

  /// The workload of a name, or with `all` every one, of those that run in a precision.
  static func named(_ name: String, in precision: Mode.Precision) -> [any Workload] {
    all.filter { workload in
      (name == "all" || name == workload.name)
        && !(workload.trains && precision.quantizesWeights)
    }
  }
}

/// A workload that does not compute what it should, so that its speed means nothing.
struct WrongResult: Error, CustomStringConvertible {
  let workload, expected, found: String

  var description: String { "\(workload): expected \(expected), got \(found)" }
}
