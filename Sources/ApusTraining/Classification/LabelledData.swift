import ApusFiles
import ApusModels
import ApusText

/// Labelled texts to learn from and to measure on.
public struct LabelledData: Sendable {
  private(set) var training: LabelledTexts
  let validation: LabelledTexts?
  /// The labels of the training texts, sorted.
  public let labels: [String]
  /// The label of each training text.
  public var trainingLabels: [String] { training.texts.map(\.label) }

  /// Reads the texts of a run.
  ///
  /// - Parameters:
  ///   - path: The labelled texts to learn from.
  ///   - validation: Those to measure on; a label that the others lack counts as wrong.
  ///   - layout: How they are read; of trees, every phrase is learnt from.
  ///   - report: Told what was decided in reading, and how many texts of validation have labels that
  ///     can't be learnt.
  /// - Throws: `InputError` for files that can't be used, texts of only one label or, where the format
  ///   is guessed, of labels that few share; or validation without any label that can be learnt.
  public init(
    _ path: String, validation: String? = nil, layout: LabelledLayout = LabelledLayout(),
    report: (String) -> Void = { _ in }
  ) throws {
    training = try LabelledTexts(path, layout, includesPhrases: true)
    labels = training.labels
    guard labels.count > 1 else {
      throw InputError(
        file: training.name, expected: "texts of two labels or more",
        found: "only \"\(labels[0])\"")
    }
    if layout.format == .automatic, layout.labelColumn == nil { try training.requireSharedLabels() }
    self.validation = try validation.map { try LabelledTexts($0, layout) }
    try self.validation?.requireAny(of: labels)
    for note in training.notes + (self.validation?.notes ?? []) { report(note) }
    let known = Set(labels)
    let unknown = self.validation?.texts.filter { !known.contains($0.label) } ?? []
    if let first = unknown.first {
      report(
        "\(unknown.count) texts of \(validation ?? "") have labels that \(path) lacks, such as "
          + "\"\(first.label)\": they count as wrong")
    }
  }

  /// The same without a part of the training texts, and that part, to be measured on.
  ///
  /// - Throws: `InputError` for a part without texts or all of them, and for trees, whose phrases stand in
  ///   several parts.
  public func leavingOut(
    _ fold: TaskFold
  ) throws(InputError) -> (data: LabelledData, heldOut: LabelledTexts) {
    guard !training.hasPhrases else {
      throw InputError(
        file: training.name, expected: "texts each for itself to leave out a part",
        found: "trees with phrases")
    }
    let heldOut = training.filtered { fold.holds($0.text) }
    guard 1..<training.texts.count ~= heldOut.texts.count else {
      throw InputError(
        file: training.name, expected: "texts enough for \(fold.count) folds",
        found: "\(training.texts.count)")
    }
    var data = self
    data.training = training.filtered { !fold.holds($0.text) }
    return (data, heldOut)
  }

  /// What a classifier reads them by: the tokenizer or the terms that a run keeps, or one trained on the
  /// texts to learn from.
  ///
  /// - Parameters:
  ///   - section: What the classifier is.
  ///   - given: A `tokenizer.json` for one that reads words.
  ///   - recipe: What kind of tokenizer is trained.
  ///   - directory: The run.
  ///   - report: Told what is being done.
  /// - Returns: The reader, whose file the run keeps.
  /// - Throws: `InputError` for a tokenizer where terms are read, or one that the run did not begin with.
  func reader(
    for section: ClassifierRecipe, tokenizer given: String?, recipe: Recipe,
    in directory: RunDirectory, report: (String) -> Void
  ) throws -> TextReader {
    guard section.kind == .dnn else {
      let tokenizer = try directory.tokenizer(given: given) {
        report("training a \(recipe.tokenizer.kind.rawValue) tokenizer on \(training.name)")
        return try recipe.tokenizer.train(on: training.texts.map(\.text), in: directory)
      }
      return .words(tokenizer, longest: section.longestText)
    }
    guard given == nil else {
      throw InputError(expected: "no tokenizer for a model that reads terms", found: "one given")
    }
    return .terms(
      try directory.terms {
        report("choosing the terms of \(training.name)")
        return try TermVectorizer(
          of: training.texts, section.terms, choosing: section.termSelection)
      })
  }
}
