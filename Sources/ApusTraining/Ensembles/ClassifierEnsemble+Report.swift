import ApusLayers
import ApusModels
import ApusText

extension ClassifierEnsemble {
  /// What the classifiers together say of labelled texts, beside what is right.
  ///
  /// - Parameters:
  ///   - texts: A label that the classifiers do not know counts as wrong.
  ///   - data: The file that the texts are from.
  ///   - precision: Of matrix products.
  /// - Returns: A report without a name of its task.
  public func report(
    on texts: [LabelledText], of data: String, _ precision: Mode.Precision = .fp32
  ) -> TaskReport {
    report(opinions(on: texts.map(\.text), precision), on: texts, of: data)
  }

  /// The same from opinions that are at hand.
  public func report(
    _ opinions: [EnsembleOpinion], on texts: [LabelledText], of data: String
  ) -> TaskReport {
    var task = TaskConfig(name: "", kind: .classification)
    task.labels = labels
    let numbers = Dictionary(uniqueKeysWithValues: zip(labels, labels.indices))
    let examples = texts.enumerated().map { index, text in
      TaskExample([], .label(numbers[text.label]), id: "\(index + 1)")
    }
    let answers = opinions.map {
      TaskAnswer.label($0.choice(by: vote), probabilities: $0.means)
    }
    return TaskReport(answers, to: examples, of: task, data: data)
  }
}
