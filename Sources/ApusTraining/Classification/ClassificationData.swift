import ApusTensors
import ApusText

/// The labelled texts that a classifier learns from and those that it is measured on, as it reads them.
public struct ClassificationData: Sendable {
  let reader: TextReader
  /// The labels of the training texts, sorted.
  public let labels: [String]
  /// The files of both.
  let names: (training: String, validation: String?)
  let training: ClassificationExamples
  /// Nil without texts for validation.
  let validation: ClassificationExamples?
  /// What is learnt from a teacher; nil without one.
  let distillation: Distillation?

  init(_ texts: LabelledData, _ reader: TextReader, _ distillation: Distillation? = nil) {
    self.reader = reader
    self.distillation = distillation
    labels = texts.labels
    names = (texts.training.name, texts.validation?.name)
    training = ClassificationExamples(texts.training.texts, reader, labels)
    validation = texts.validation.map { ClassificationExamples($0.texts, reader, texts.labels) }
  }
}

/// Texts as a classifier reads them, with the numbers of their labels.
struct ClassificationExamples: Sendable {
  let texts: [ReadText]
  /// Nil for a label that is none of the model's.
  let labels: [Int?]

  init(_ texts: [LabelledText], _ reader: TextReader, _ labels: [String]) {
    let numbers = Dictionary(uniqueKeysWithValues: zip(labels, labels.indices))
    self.texts = reader.read(texts.map(\.text))
    self.labels = texts.map { numbers[$0.label] }
  }

  var lengths: [Int] { texts.map(\.ids.count) }

  /// What is right of each text, for reports.
  var targets: [TaskExample] {
    labels.enumerated().map { TaskExample([], .label($0.element), id: "\($0.offset + 1)") }
  }

  /// The numbers of labels that are the model's own, as all of training texts are.
  var knownLabels: [Int] { labels.compactMap { $0 } }

  func batch(_ examples: [Int]) -> ClassificationBatch {
    ClassificationBatch(
      numbers: examples, texts: ReadTexts(examples.map { texts[$0] }),
      labels: examples.map { labels[$0] })
  }
}

/// Texts that go through a classifier together.
public struct ClassificationBatch: TrainingBatch {
  /// Of the texts among the examples.
  let numbers: [Int]
  var texts: ReadTexts
  /// Of each text; nil if the model does not know it.
  let labels: [Int?]

  public var tokenCount: Int { texts.ids.elementCount }
  public var targetCounts: TargetCounts { TargetCounts(sequences: labels.count { $0 != nil }) }

  /// The labels as targets, −1 for those that are not known.
  var targets: Tensor { Tensor(labels.map { Int32($0 ?? -1) }) }
}
