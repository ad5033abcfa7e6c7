import ApusFiles
import ApusLayers
import ApusModels
import ApusText

/// One of several parts of like size that the examples of a task are divided into, to measure what was
/// learnt from the others.
///
/// The part of an example is that in which `apus split --folds` puts a row with the same texts as key,
/// so that equal texts stay together.
public struct TaskFold: Sendable, Hashable {
  /// Counted from 0.
  public let number: Int
  public let count: Int

  public init(_ number: Int, of count: Int) {
    precondition(0..<count ~= number, "TaskFold: expected a number below \(count), got \(number)")
    self.number = number
    self.count = count
  }

  /// Whether an example is of this part.
  func holds(_ text: TaskText) -> Bool {
    TableSplit.fold(of: text.keys, count: count) == number
  }

  func holds(_ text: String) -> Bool { holds(TaskText(.text(text, pair: nil))) }

  /// Measures what the run of a classifier or an ensemble has made of the other parts on this one, and
  /// writes what it says of each text into `held-out`.
  ///
  /// - Parameters:
  ///   - run: Its chosen model is measured.
  ///   - recipe: Of the run.
  ///   - heldOut: The texts of this part.
  /// - Returns: Every measure.
  /// - Throws: `FileError`.
  public func measure(
    _ run: RunDirectory, _ recipe: Recipe, on heldOut: LabelledTexts
  ) throws -> [ModelCard.Result] {
    let report = try ClassifierEnsemble(run.chosenModel)
      .report(on: heldOut.texts, of: heldOut.name, recipe.training.resolvedPrecision())
    try report.write(to: Self.results(of: run))
    return report.results
  }

  /// Measures what a run has made of the other parts on this one, and writes what it says of each
  /// example into `held-out`.
  ///
  /// - Parameters:
  ///   - run: Its chosen model is measured.
  ///   - recipe: Of the run.
  ///   - precision: Of matrix products.
  /// - Returns: Every measure of every task but those of language.
  /// - Throws: `FileError`; `InputError` for a task without an example in this part.
  public func measure(
    _ run: RunDirectory, _ recipe: Recipe, _ precision: Mode.Precision
  ) throws -> [ModelCard.Result] {
    let model = try FineTunedModel.load(run.chosenModel).model
    let directory = try Self.results(of: run)
    return try recipe.tasks.filter { $0.kind != .language }.flatMap { recipe in
      guard let data = recipe.data else { return [ModelCard.Result]() }
      let task = try model.task(named: recipe.name)
      let texts = try TaskTextReader(recipe).read(data)
      let examples = try task.examples(texts.filter(holds))
      guard !examples.isEmpty else {
        throw InputError(
          file: data, expected: "examples enough for \(count) folds", found: "\(texts.count)")
      }
      let report = TaskReport(
        task.answers(to: examples, precision), to: examples, of: task.config, data: data)
      try report.write(to: directory)
      return report.results
    }
  }

  /// Where a run has what it says of the part that it left out.
  private static func results(of run: RunDirectory) throws -> String {
    let directory = "\(run.path)/held-out"
    try createDirectory(directory)
    return directory
  }
}

extension TaskText {
  /// What has to be in the same part as what is equal.
  fileprivate var keys: [String] {
    switch content {
    case .text(let text, let pair): [text] + (pair.map { [$0] } ?? [])
    case .candidates(let text, _): [text]
    case .words(let words): [words.joined(separator: " ")]
    case .question(_, let context): [context]
    }
  }
}
