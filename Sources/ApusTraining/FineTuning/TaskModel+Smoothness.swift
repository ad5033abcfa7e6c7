import ApusLayers
import ApusModels
import ApusTensors

extension TaskModel {
  /// What the model says of a batch: classes, tags and candidates as choices, labels that don't exclude
  /// each other as such, and scores as numbers.
  ///
  /// An example counts as one, whatever its words; the begin and end of an answer count half each.
  ///
  /// - Parameters:
  ///   - batch: The examples.
  ///   - share: How much an example counts.
  ///   - mode: How the model runs.
  /// - Returns: Nil for a language task.
  func smoothAnswers(to batch: TaskBatch, share: Float, _ mode: Mode) -> SmoothAnswers? {
    func answers(_ values: Tensor, _ form: SmoothAnswers.Form) -> SmoothAnswers {
      SmoothAnswers(values, form, shares: Array(repeating: share, count: values.rowCount))
    }
    guard config.kind != .language else { return nil }
    let said = self.said(of: batch.inputs, mode)
    switch config.kind {
    case .classification: return answers(said.rows, .choice)
    case .multilabel: return answers(said.rows, .independent)
    case .similarity: return answers(said.rows, .numbers)
    case .ranking, .choice:
      let sizes = batch.examples.map(\.inputs.count)
      return answers(said.rows.rows(ofGroups: sizes), .choice)
    case .tagging:
      let emissions = said.sequences
      return SmoothAnswers(
        emissions.values.converted(to: .float32), .choice,
        shares: emissions.lengths.flatMap { Array(repeating: share / Float($0), count: $0) })
    case .answers:
      let spans = said.sequences
      let sides = (0..<2).map { column in
        spans.values.columns(column..<column + 1).reshaped([spans.elementCount])
          .rows(ofGroups: spans.lengths)
      }
      let rows = concatenated(sides)
      return SmoothAnswers(
        rows, .choice, shares: Array(repeating: share / 2, count: rows.rowCount))
    case .language: return nil
    }
  }
}
