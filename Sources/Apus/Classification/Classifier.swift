import ApusFiles
import ApusLayers
import ApusModels
import ApusTensors
import ApusTraining

/// Tells the classes of texts or of pairs of texts.
///
/// ```swift
/// let classifier = try Classifier("runs/sentiment")
/// print(try classifier.classify(["what a film"])[0].label)
/// let duplicates = try Classifier("runs/tasks/best", task: "duplicates")
/// print(try duplicates.classify([("a bird sings", "a bird is singing")])[0].probabilities)
/// ```
///
/// A classifier is a value that may be used from many tasks at once.
public struct Classifier: Sendable {
  /// The answer for a text or pair.
  public struct Answer: Sendable, Hashable {
    /// The most probable label, or what the model's thresholds make of the probabilities; the one
    /// that an ensemble's members decide for together.
    public let label: String
    /// The probability of each label, in the order of `labels`: the mean of an ensemble's members.
    public let probabilities: [Float]
    /// The members of an ensemble that vote for each label; nil for a single model.
    public let votes: [Int]?
  }

  private let model: Model

  private enum Model: Sendable {
    case ensemble(ClassifierEnsemble, Mode.Precision)
    case task(TaskPredictor)
  }

  /// Loads a model directory.
  ///
  /// - Parameters:
  ///   - directory: That of a classifier or an ensemble of `apus train`, or of a fine-tuned model with
  ///     a classification task.
  ///   - task: Which task of a fine-tuned model; it may be left out if there is one.
  ///   - vote: How the members of an ensemble decide; nil as it says itself.
  ///   - precision: fp32 or bf16.
  /// - Throws: `FileError` or `InputError` naming the file and what does not fit.
  public init(
    _ directory: String, task: String? = nil, vote: EnsembleConfig.Vote? = nil,
    precision: Mode.Precision = .fp32
  ) throws {
    guard !precision.quantizesWeights else {
      throw InputError(expected: "fp32 or bf16 for a classifier", found: precision.rawValue)
    }
    guard precision != .bf16 || Processor.supportsBFloat16 else {
      throw InputError(expected: "fp32 on a processor without AVX-512", found: "bf16")
    }
    if try ModelDirectory.isFineTuned(directory) {
      guard vote == nil else {
        throw InputError(file: directory, expected: "an ensemble to vote", found: "one model")
      }
      let predictor = try TaskPredictor(directory, task: task, precision: precision)
      try predictor.require(.classification, of: directory)
      model = .task(predictor)
    } else {
      if let task {
        throw InputError(
          file: directory, expected: "a fine-tuned model with a task \(task)", found: "none")
      }
      model = .ensemble(try ClassifierEnsemble(directory, vote: vote), precision)
    }
  }

  /// The classes that the model tells apart.
  public var labels: [String] {
    switch model {
    case .ensemble(let ensemble, _): ensemble.labels
    case .task(let predictor): predictor.task.labels
    }
  }

  /// Whether the model is about pairs of texts.
  public var readsPairs: Bool {
    if case .task(let predictor) = model { predictor.task.isPair } else { false }
  }

  /// The answer for each text, in the order of the texts.
  ///
  /// - Throws: `InputError` for a model of pairs.
  public func classify(_ texts: [String]) throws(InputError) -> [Answer] {
    switch model {
    case .ensemble(let ensemble, let precision):
      return ensemble.opinions(on: texts, precision).map { opinion in
        Answer(
          label: labels[opinion.choice(by: ensemble.vote)], probabilities: opinion.means,
          votes: ensemble.isEnsemble ? opinion.votes : nil)
      }
    case .task(let predictor):
      guard !readsPairs else {
        throw InputError(expected: "pairs of texts for \(predictor.task.name)", found: "texts")
      }
      return answers(of: predictor, to: texts.map { .text($0, pair: nil) })
    }
  }

  /// The answer for each pair of texts, in the order of the pairs.
  ///
  /// - Throws: `InputError` for a model of single texts.
  public func classify(_ pairs: [(String, String)]) throws(InputError) -> [Answer] {
    guard case .task(let predictor) = model, readsPairs else {
      throw InputError(expected: "a model of pairs of texts", found: "one of single texts")
    }
    return answers(of: predictor, to: pairs.map { .text($0.0, pair: $0.1) })
  }

  private func answers(
    of predictor: TaskPredictor, to contents: [TaskText.Content]
  ) -> [Answer] {
    predictor.answers(to: contents).map { answer in
      guard case .label(let number, let probabilities) = answer else {
        preconditionFailure("Classifier: expected a label, got \(answer)")
      }
      return Answer(label: labels[number], probabilities: probabilities, votes: nil)
    }
  }

  /// What the tokens of a text have to do with a label.
  ///
  /// - Parameters:
  ///   - text: The text.
  ///   - label: One of `labels`; nil takes the one that the text gets.
  ///   - stepCount: The more steps, the closer scores come to adding up to what the text changes.
  /// - Returns: The tokens that are read of the text with a score each; none for a text without tokens.
  /// - Throws: `InputError` for a label that is none of the model's, for an ensemble, for a model that
  ///   reads terms, or for a fine-tuned one.
  public func attribution(
    of text: String, to label: String? = nil, stepCount: Int = 64
  ) throws -> AttributionPage.Entry {
    guard case .ensemble(let ensemble, _) = model else {
      throw InputError(
        expected: "a classifier of `apus train` for an attribution", found: "a fine-tuned model")
    }
    guard !ensemble.isEnsemble,
      case .words(let tokenizer, let longest) = ensemble.members[0].reader
    else {
      throw InputError(
        file: ensemble.names[0], expected: "a single classifier that reads words",
        found: ensemble.isEnsemble ? "a member of an ensemble" : "one that reads terms")
    }
    let answer = try classify([text])[0]
    let label = label ?? answer.label
    let number = try labels.number(of: label)
    let encoding = tokenizer.encode(text)
    let ids = longest.map { Array(encoding.ids.prefix($0)) } ?? encoding.ids
    let probability = answer.probabilities[number]
    guard !ids.isEmpty else {
      return AttributionPage.Entry(
        text: text, label: label, probability: probability, tokens: [], error: 0, difference: 0)
    }
    return AttributionPage.Entry(
      text: text, label: label, probability: probability, encoding.offsets,
      ensemble.members[0].model.attribution(of: ids, to: number, stepCount: stepCount))
  }

  /// What the model sees of each text: the values that its classes are told from, those of an ensemble's
  /// members one after the other.
  ///
  /// - Throws: `InputError` for a fine-tuned model.
  public func features(of texts: [String]) throws(InputError) -> [[Float]] {
    guard case .ensemble(let ensemble, let precision) = model else {
      throw InputError(
        expected: "a classifier of `apus train` for features", found: "a fine-tuned model")
    }
    let features = ensemble.members.map { $0.features(of: texts, precision) }
    return texts.indices.map { text in features.flatMap { $0[text] } }
  }
}
