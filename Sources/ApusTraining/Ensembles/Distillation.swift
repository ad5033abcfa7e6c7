import ApusFiles
import ApusTensors
import ApusText

/// What a classifier learns from another one, or from an ensemble, beside the labels of texts.
///
/// - Source: Hinton et al. 2015.
struct Distillation: Sendable {
  /// The share of the loss that is the distance from the teacher's answers.
  let share: Float
  let temperature: Float
  /// The mean probabilities of the teacher's members for each text: [labels], in the student's order.
  private let answers: [[Float]]

  /// Asks a teacher about all texts.
  ///
  /// - Parameters:
  ///   - directory: A classifier or an ensemble.
  ///   - objective: What the recipe says of teachers.
  ///   - texts: What the student learns from.
  ///   - labels: The student's, which must be the teacher's.
  /// - Throws: `FileError`; `InputError` for a teacher of other labels, or settings without a teacher and
  ///   the other way round.
  init?(
    _ directory: String?, _ objective: ObjectiveRecipe, texts: [LabelledText], labels: [String]
  ) throws {
    guard let share = objective.teacherShare, let temperature = objective.temperature else {
      let isAsked = objective.teacherShare != nil || objective.temperature != nil
      guard directory == nil, !isAsked else {
        throw InputError(
          expected: "objective.teacherShare and objective.temperature with a teacher",
          found: isAsked ? "one of them" : "none of them")
      }
      return nil
    }
    guard let directory else {
      throw InputError(
        expected: "a teacher for a recipe with objective.teacherShare", found: "none")
    }
    let teacher = try ClassifierEnsemble(directory)
    let places = labels.compactMap { teacher.labels.firstIndex(of: $0) }
    guard places.count == labels.count, teacher.labels.count == labels.count else {
      throw InputError(
        file: directory, expected: "a teacher of the \(labels.count) labels of the texts",
        found: "\(teacher.labels.count) labels, of which \(places.count) are the same")
    }
    answers = teacher.opinions(on: texts.map(\.text)).map { opinion in
      let means = opinion.means
      return places.map { means[$0] }
    }
    (self.share, self.temperature) = (Float(share), Float(temperature))
  }

  /// The teacher's answers for some texts by their numbers: [B, labels].
  func answers(for numbers: [Int]) -> Tensor {
    Tensor(numbers.flatMap { answers[$0] }, [numbers.count, answers[0].count])
  }
}
