import ApusFiles
import ApusLayers
import ApusModels
import ApusTraining

/// Says how alike texts are, with a model that `apus finetune` made.
///
/// ```swift
/// let model = try SimilarityModel("runs/sts")
/// print(model.similarity("A plane is taking off.", "An air plane is taking off."))
/// ```
public struct SimilarityModel: Sendable {
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
    try predictor.require(.similarity, of: directory)
    guard predictor.task.isPair else {
      throw InputError(
        file: directory, expected: "a task about pairs of texts",
        found: "\(predictor.task.name), about one text")
    }
  }

  /// The score of each pair, on the scale of the data that the model learnt from.
  public func similarities(_ pairs: [(String, String)]) -> [Float] {
    predictor.answers(to: pairs.map { .text($0.0, pair: $0.1) }).map { answer in
      guard case .score(let score) = answer else {
        preconditionFailure("SimilarityModel: expected a score, got \(answer)")
      }
      return score
    }
  }

  /// The score of two texts.
  public func similarity(_ first: String, _ second: String) -> Float {
    similarities([(first, second)])[0]
  }
}

extension TaskPredictor {
  /// Refuses a task of another kind.
  func require(_ kind: TaskKind, of directory: String) throws(InputError) {
    guard task.kind == kind else {
      throw InputError(
        file: directory, expected: "a task of \(kind.rawValue)",
        found: "\(task.name), one of \(task.kind.rawValue)")
    }
  }

  /// The answers for texts without targets, which can't be wrong.
  func answers(to contents: [TaskText.Content]) -> [TaskAnswer] {
    do {
      return try answers(to: contents.map { TaskText($0) })
    } catch {
      preconditionFailure("TaskPredictor: expected answers, got \(error)")
    }
  }
}
