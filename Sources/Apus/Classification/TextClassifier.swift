import ApusFiles
import ApusLayers
import ApusModels
import ApusTensors
import ApusText
import ApusTraining

/// Tells the classes of texts, with a model that `apus train` made.
///
///     let classifier = try TextClassifier("runs/sentiment")
///     print(classifier.classify(["what a film"])[0].label)
public struct TextClassifier: Sendable {
  /// The answer for a text.
  public struct Answer: Sendable, Hashable {
    /// The most probable label, or what the model's thresholds make of the probabilities.
    public let label: String
    /// The probability of each label, in the order of `labels`.
    public let probabilities: [Float]
  }

  public let tokenizer: Tokenizer
  public let precision: Mode.Precision
  private let model: SequenceClassifier

  /// Texts of so many tokens together go through the model at once.
  private static let batchTokenCount = 4096

  /// Loads a model directory.
  ///
  /// - Throws: `FileError` or `InputError` naming the file and what does not fit.
  public init(_ directory: String, precision: Mode.Precision = .fp32) throws {
    guard !precision.quantizesWeights else {
      throw InputError(expected: "fp32 or bf16 for a classifier", found: precision.rawValue)
    }
    guard precision != .bf16 || Processor.supportsBFloat16 else {
      throw InputError(expected: "fp32 on a processor without AVX-512", found: "bf16")
    }
    let path = "\(directory)/tokenizer.json"
    model = try SequenceClassifier.load(directory).model
    tokenizer = try Tokenizer(contentsOf: path, fitting: model.config.vocabularySize)
    self.precision = precision
  }

  /// The classes that the model tells apart.
  public var labels: [String] { model.config.labels }

  /// The answer for each text, in the order of the texts.
  public func classify(_ texts: [String]) -> [Answer] {
    let labels = labels
    return batched(texts) { ids in
      let rows = model(ids, mode).softmax().floatElements
      return stride(from: 0, to: rows.count, by: labels.count).map { start in
        let probabilities = Array(rows[start..<start + labels.count])
        let label = labels[model.config.decision(probabilities)]
        return Answer(label: label, probabilities: probabilities)
      }
    }
  }

  /// What the tokens of a text have to do with a label.
  ///
  /// - Parameters:
  ///   - text: The text.
  ///   - label: One of `labels`; nil takes the most probable one.
  ///   - stepCount: The more steps, the closer scores come to adding up to what the text changes.
  /// - Returns: The tokens of the text with a score each; none for a text without tokens.
  /// - Throws: `InputError` for a label that is none of the model's.
  public func attribution(
    of text: String, to label: String? = nil, stepCount: Int = 64
  ) throws -> AttributionPage.Entry {
    let answer = classify([text])[0]
    let label = label ?? answer.label
    guard let number = labels.firstIndex(of: label) else {
      throw InputError(
        expected: "one of the labels \(labels.joined(separator: ", "))", found: "\"\(label)\"")
    }
    let encoding = tokenizer.encode(text)
    var entry = AttributionPage.Entry(
      text: text, label: label, probability: answer.probabilities[number], tokens: [], error: 0,
      difference: 0)
    guard !encoding.ids.isEmpty else { return entry }
    let attribution = model.attribution(of: encoding.ids, to: number, stepCount: stepCount)
    entry.tokens = zip(encoding.offsets, attribution.scores).map { ($0, $1) }
    entry.error = attribution.error
    entry.difference = attribution.output - attribution.baselineOutput
    return entry
  }

  /// What the model sees of each text: the values that its classes are told from.
  public func features(of texts: [String]) -> [[Float]] {
    let size = model.config.featureCount
    return batched(texts) { ids in
      let rows = model.features(ids, mode).floatElements
      return stride(from: 0, to: rows.count, by: size).map { Array(rows[$0..<$0 + size]) }
    }
  }

  private var mode: Mode { .evaluation(precision) }

  /// What `body` gives for each text of a batch, for all texts.
  private func batched<Result>(_ texts: [String], _ body: (Sequences) -> [Result]) -> [Result] {
    let ids = texts.map { tokenizer.encode($0).ids }
    return LengthBatches.results(
      ofLengths: ids.map(\.count), tokens: Self.batchTokenCount
    ) { numbers in body(Sequences(ids: numbers.map { ids[$0] })) }
  }
}
