import ApusFiles
import ApusLayers
import ApusModels
import ApusTensors
import ApusTraining

/// Tells the classes of texts, with a model or an ensemble that `apus train` made.
///
///     let classifier = try TextClassifier("runs/sentiment")
///     print(classifier.classify(["what a film"])[0].label)
public struct TextClassifier: Sendable {
  /// The answer for a text.
  public struct Answer: Sendable, Hashable {
    /// The most probable label, or what the model's thresholds make of the probabilities; the one
    /// that an ensemble's members decide for together.
    public let label: String
    /// The probability of each label, in the order of `labels`: the mean of an ensemble's members.
    public let probabilities: [Float]
    /// The members of an ensemble that vote for each label; nil for a single model.
    public let votes: [Int]?
  }

  public let precision: Mode.Precision
  private let ensemble: ClassifierEnsemble

  /// Loads a model directory.
  ///
  /// - Parameters:
  ///   - directory: That of a classifier or of an ensemble.
  ///   - vote: How the members of an ensemble decide; nil as it says itself.
  ///   - precision: fp32 or bf16.
  /// - Throws: `FileError` or `InputError` naming the file and what does not fit.
  public init(
    _ directory: String, vote: EnsembleConfig.Vote? = nil, precision: Mode.Precision = .fp32
  ) throws {
    guard !precision.quantizesWeights else {
      throw InputError(expected: "fp32 or bf16 for a classifier", found: precision.rawValue)
    }
    guard precision != .bf16 || Processor.supportsBFloat16 else {
      throw InputError(expected: "fp32 on a processor without AVX-512", found: "bf16")
    }
    ensemble = try ClassifierEnsemble(directory, vote: vote)
    self.precision = precision
  }

  /// The classes that the model tells apart.
  public var labels: [String] { ensemble.labels }

  /// The answer for each text, in the order of the texts.
  public func classify(_ texts: [String]) -> [Answer] {
    ensemble.opinions(on: texts, precision).map { opinion in
      Answer(
        label: labels[opinion.choice(by: ensemble.vote)], probabilities: opinion.means,
        votes: ensemble.isEnsemble ? opinion.votes : nil)
    }
  }

  /// What the tokens of a text have to do with a label.
  ///
  /// - Parameters:
  ///   - text: The text.
  ///   - label: One of `labels`; nil takes the one that the text gets.
  ///   - stepCount: The more steps, the closer scores come to adding up to what the text changes.
  /// - Returns: The tokens that are read of the text with a score each; none for a text without tokens.
  /// - Throws: `InputError` for a label that is none of the model's, for an ensemble, or for a model
  ///   that reads terms.
  public func attribution(
    of text: String, to label: String? = nil, stepCount: Int = 64
  ) throws -> AttributionPage.Entry {
    guard !ensemble.isEnsemble,
      case .words(let tokenizer, let longest) = ensemble.members[0].reader
    else {
      throw InputError(
        file: ensemble.names[0], expected: "a single classifier that reads words",
        found: ensemble.isEnsemble ? "a member of an ensemble" : "one that reads terms")
    }
    let answer = classify([text])[0]
    let label = label ?? answer.label
    guard let number = labels.firstIndex(of: label) else {
      throw InputError(
        expected: "one of the labels \(labels.joined(separator: ", "))", found: "\"\(label)\"")
    }
    let encoding = tokenizer.encode(text)
    let ids = longest.map { Array(encoding.ids.prefix($0)) } ?? encoding.ids
    var entry = AttributionPage.Entry(
      text: text, label: label, probability: answer.probabilities[number], tokens: [], error: 0,
      difference: 0)
    guard !ids.isEmpty else { return entry }
    let attribution = ensemble.members[0].model.attribution(
      of: ids, to: number, stepCount: stepCount)
    entry.tokens = zip(encoding.offsets, attribution.scores).map { ($0, $1) }
    entry.error = attribution.error
    entry.difference = attribution.output - attribution.baselineOutput
    return entry
  }

  /// What the model sees of each text: the values that its classes are told from, those of an ensemble's
  /// members one after the other.
  public func features(of texts: [String]) -> [[Float]] {
    let features = ensemble.members.map { $0.features(of: texts, precision) }
    return texts.indices.map { text in features.flatMap { $0[text] } }
  }
}
