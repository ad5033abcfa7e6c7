import ApusLayers
import ApusModels
import ApusTraining

/// Answers questions by a part of a text, with a model that `apus finetune` made.
///
/// ```swift
/// let reader = try QuestionAnswerer("runs/squad/best")
/// let answer = try reader.answer("Where does it rise?", in: "The river rises in the hills.")
/// print(answer?.text ?? "The text does not say.")
/// ```
public struct QuestionAnswerer: Sendable {
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
    try predictor.require(.answers, of: directory)
  }

  /// The part of a text that answers a question, however long the text is.
  ///
  /// - Returns: The answer with its place in the text; nil if the text has none.
  /// - Throws: `InputError` for a question as long as all that the model reads at once.
  public func answer(_ question: String, in text: String) throws -> SpanAnswer.Span? {
    let asked = TaskText(.question(question, context: text))
    guard case .span(let found)? = try predictor.answers(to: [asked]).first else {
      preconditionFailure("QuestionAnswerer: expected a span")
    }
    return found.chosen(predictor.task.noAnswerThreshold)
  }
}
