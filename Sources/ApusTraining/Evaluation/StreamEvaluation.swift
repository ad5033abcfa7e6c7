import ApusFiles
import ApusLayers
import ApusModels
import ApusTensors
import ApusText

/// Measures how well a model predicts the text of a corpus, read as one stream.
///
/// The states are carried over from token to token through all documents, as in training. Where
/// documents end with the end-of-text token, the first token of all is predicted from that one; where
/// not, it is not scored.
public struct StreamEvaluation<Model: StreamModel> {
  private let model: Model
  private let tokenizer: Tokenizer
  private let mode: Mode
  private let endOfText: Int32?
  /// The unknown token, where the end of a text is another.
  private let unknownID: Int32?
  private let cacheOptions: NeuralCache.Options?
  private var cache: NeuralCache?
  private var state: Model.State?
  /// Tokens not yet scored, behind the one that the first is predicted from.
  private var ids: [Int32] = []
  private var score = LanguageModelScore()

  /// Tokens that go through the model at once.
  private static var stepLength: Int { 512 }

  /// Prepares to measure.
  ///
  /// - Parameters:
  ///   - model: What is measured.
  ///   - tokenizer: Its tokenizer.
  ///   - precision: Of the matrix products.
  ///   - endsTexts: Whether documents end with the end-of-text token, as they did in training.
  ///   - cache: A cache to mix the model's probabilities with; nil for none.
  /// - Throws: `InputError` for a tokenizer with more tokens than the model, or without the
  ///   end-of-text token that is asked for.
  public init(
    _ model: Model, _ tokenizer: Tokenizer, precision: Mode.Precision = .fp32,
    endsTexts: Bool = true, cache: NeuralCache.Options? = nil
  ) throws(InputError) {
    guard tokenizer.vocabularySize <= model.vocabularySize else {
      throw InputError(
        expected: "a tokenizer of at most \(model.vocabularySize) tokens",
        found: "\(tokenizer.vocabularySize)")
    }
    endOfText = endsTexts ? tokenizer.id(of: Tokenizer.endOfText) : nil
    guard !endsTexts || endOfText != nil else {
      throw InputError(
        expected: "a tokenizer with \(Tokenizer.endOfText), with which texts end",
        found: "one without")
    }
    unknownID = tokenizer.unknownID == endOfText ? nil : tokenizer.unknownID
    self.model = model
    self.tokenizer = tokenizer
    mode = .evaluation(precision)
    cacheOptions = cache
  }

  /// Scores all documents of a corpus as one stream.
  ///
  /// Words are what white space divides, and the end of each line counts as one, as is customary
  /// for the Penn Treebank.
  public mutating func score(_ corpus: Corpus) throws -> LanguageModelScore {
    (state, score) = (nil, LanguageModelScore())
    ids = endOfText.map { [$0] } ?? []
    cache = cacheOptions.map { NeuralCache($0) }
    let seen = try corpus.forEachDocument { bytes, _ in
      tokenizer.encode(bytes, into: &ids)
      if let endOfText { ids.append(endOfText) }
      score.byteCount += bytes.count
      score.wordCount += wordCount(of: bytes)
      // The end of a document of one line stands for the end of the line.
      if bytes.last != UInt8(ascii: "\n") { score.wordCount += 1 }
      var start = 0
      while ids.count - start > Self.stepLength {
        read(start..<start + Self.stepLength)
        start += Self.stepLength
      }
      ids.removeFirst(start)
    }
    read(0..<max(0, ids.count - 1))
    score.replacementCount = seen.replacements
    guard score.tokenCount > 0 else {
      throw InputError(file: corpus.paths.first, expected: "documents", found: "none")
    }
    return score
  }

  /// Reads some of the tokens and scores those after them.
  private mutating func read(_ range: Range<Int>) {
    guard !range.isEmpty else { return }
    let targets = Array(ids[range.lowerBound + 1..<range.upperBound + 1])
    let outputs = model.read(Sequences(ids: [Array(ids[range])]), from: state, mode)
    state = outputs.state
    let features = outputs.features
    score.nats += withoutGradients {
      guard cache != nil else {
        return Double(model.loss(features, targets: Tensor(targets), mode, divisor: 1).scalar)
      }
      let losses = crossEntropy(model.logits(features, mode), targets: Tensor(targets))
      return cache?.nats(of: targets, after: features.converted(to: .float32), losses: losses)
        ?? 0
    }
    score.tokenCount += range.count
    score.unknownCount += targets.count { $0 == unknownID }
  }
}
