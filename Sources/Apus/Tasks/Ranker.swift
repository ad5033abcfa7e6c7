import ApusLayers
import ApusModels
import ApusTraining

/// Puts candidates in order by how well they answer a query, with a model that `apus finetune` made.
///
/// ```swift
/// let ranker = try Ranker("runs/wikiqa")
/// let places = ranker.rank(["It has 50 states.", "It is large."], for: "how many states are there?")
/// ```
public struct Ranker: Sendable {
  /// A candidate in its place.
  public struct Candidate: Sendable, Hashable {
    /// The number among those that were given.
    public let index: Int
    public let text: String
    /// Higher is better; only differences within a query mean something.
    public let score: Float
  }

  private let predictor: TaskPredictor

  /// - Parameters:
  ///   - directory: A model directory.
  ///   - name: Which of its tasks; it may be left out if there is one.
  ///   - precision: fp32 or bf16.
  /// - Throws: `FileError` or `InputError` naming the file and what does not fit.
  public init(
    _ directory: String, task name: String? = nil, precision: Mode.Precision = .fp32
  ) throws {
    predictor = try TaskPredictor(directory, task: name, precision: precision)
    try predictor.require(.ranking, of: directory)
  }

  /// The candidates from the best to the worst; of equal ones those come first that were given first.
  public func rank(_ candidates: [String], for query: String) -> [Candidate] {
    guard !candidates.isEmpty else { return [] }
    guard case .scores(let scores)? = predictor.answers(to: [.candidates(query, candidates)]).first
    else { preconditionFailure("Ranker: expected scores") }
    return candidates.indices.map {
      Candidate(index: $0, text: candidates[$0], score: scores[$0])
    }
    .sorted { ($1.score, $0.index) < ($0.score, $1.index) }
  }
}
