import ApusFiles
import ApusTensors
import ApusText

/// The labelled texts that a classifier learns from and those that it is measured on, as ids.
public struct ClassificationData: Sendable {
  public let tokenizer: Tokenizer
  /// The labels of the training texts, sorted.
  public let labels: [String]
  let training: ClassificationExamples
  /// Nil without a validation file.
  let validation: ClassificationExamples?

  /// Reads the texts of a run and trains a tokenizer on them if none is given.
  ///
  /// - Parameters:
  ///   - path: The file of labelled texts to learn from.
  ///   - validation: One to measure on.
  ///   - format: How their lines are read; of trees, every phrase is learnt from.
  ///   - given: A `tokenizer.json`; nil takes the run's, or trains one.
  ///   - recipe: What kind of tokenizer is trained.
  ///   - directory: The run.
  ///   - report: Told what is being done.
  /// - Throws: `InputError` for files that can't be used, or texts of only one label.
  public init(
    _ path: String, validation: String?, format: LabelledFormat, tokenizer given: String?,
    recipe: Recipe, directory: RunDirectory, report: (String) -> Void
  ) throws {
    let texts = try LabelledTexts(path, format: format, includesPhrases: true)
    let labels = Set(texts.texts.map(\.label)).sorted()
    guard labels.count > 1 else {
      throw InputError(
        file: texts.name, expected: "texts of two labels or more", found: "only \"\(labels[0])\"")
    }
    let tokenizer = try directory.tokenizer(given: given) {
      report("training a \(recipe.tokenizer.kind.rawValue) tokenizer on \(path)")
      return try recipe.tokenizer.train(on: texts.texts.map(\.text), in: directory)
    }
    self.labels = labels
    self.tokenizer = tokenizer
    training = ClassificationExamples(texts.texts, tokenizer, labels)
    self.validation = try validation.map {
      ClassificationExamples(try LabelledTexts($0, format: format).texts, tokenizer, labels)
    }
  }
}

/// Texts as ids with the numbers of their labels.
struct ClassificationExamples: Sendable {
  let ids: [[Int32]]
  /// Nil for a label that is none of the model's.
  let labels: [Int?]

  init(_ texts: [LabelledText], _ tokenizer: Tokenizer, _ labels: [String]) {
    let numbers = Dictionary(uniqueKeysWithValues: zip(labels, labels.indices))
    ids = texts.map { tokenizer.encode($0.text).ids }
    self.labels = texts.map { numbers[$0.label] }
  }

  var lengths: [Int] { ids.map(\.count) }

  /// The numbers of labels that are the model's own, as all of training texts are.
  var knownLabels: [Int] { labels.compactMap { $0 } }

  func batch(_ examples: [Int]) -> ClassificationBatch {
    ClassificationBatch(
      ids: Sequences(ids: examples.map { ids[$0] }), labels: examples.map { labels[$0] })
  }
}

/// Texts that go through a classifier together.
public struct ClassificationBatch: TrainingBatch {
  /// [N] over B sequences.
  var ids: Sequences
  /// Of each text; nil if the model does not know it.
  let labels: [Int?]

  public var tokenCount: Int { ids.elementCount }
  public var targetCounts: TargetCounts { TargetCounts(sequences: labels.count { $0 != nil }) }

  /// The labels as targets, −1 for those that are not known.
  var targets: Tensor { Tensor(labels.map { Int32($0 ?? -1) }) }
}
