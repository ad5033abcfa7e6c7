import ApusFiles
import ApusLayers
import ApusModels
import ApusTensors
import ApusText

/// What a classifier sees of texts: words in their order, or weighted terms in none.
public enum TextReader: Sendable {
  /// The tokens of a tokenizer; with a limit, the first ones alone.
  case words(Tokenizer, longest: Int?)
  case terms(TermVectorizer)

  private static let tokenizerName = "tokenizer.json"
  private static let termsName = "terms.json"

  /// Reads what stands beside a model.
  ///
  /// - Throws: `FileError`; `InputError` for a vocabulary that does not fit the model.
  public init(_ directory: String, fitting config: ClassifierConfig) throws {
    if config.readsTerms {
      self = .terms(
        try TermVectorizer(
          contentsOf: "\(directory)/\(Self.termsName)", count: config.vocabularySize))
    } else {
      self = .words(
        try Tokenizer(
          contentsOf: "\(directory)/\(Self.tokenizerName)", fitting: config.vocabularySize),
        longest: config.longestText)
    }
  }

  /// Writes it beside a model.
  ///
  /// - Throws: `FileError` if a file can't be written.
  func save(to directory: String) throws {
    switch self {
    case .words(let tokenizer, _): try tokenizer.save(to: "\(directory)/\(Self.tokenizerName)")
    case .terms(let vectorizer): try vectorizer.save(to: "\(directory)/\(Self.termsName)")
    }
  }

  /// The ids that it can give.
  var vocabularySize: Int {
    switch self {
    case .words(let tokenizer, _): tokenizer.vocabularySize
    case .terms(let vectorizer): vectorizer.terms.count
    }
  }

  /// The tokenizer of words; nil for terms.
  var tokenizer: Tokenizer? {
    if case .words(let tokenizer, _) = self { tokenizer } else { nil }
  }

  func read(_ text: String) -> ReadText {
    switch self {
    case .words(let tokenizer, let longest):
      let ids = tokenizer.encode(text).ids
      return ReadText(ids: longest.map { Array(ids.prefix($0)) } ?? ids, weights: nil)
    case .terms(let vectorizer):
      let vector = vectorizer.vector(of: text)
      return ReadText(ids: vector.ids, weights: vector.weights)
    }
  }

  func read(_ texts: [String]) -> [ReadText] { concurrentMap(texts, read) }
}

/// A text as a classifier takes it.
struct ReadText: Sendable {
  let ids: [Int32]
  /// Of terms; nil for words.
  let weights: [Float]?
}

/// Texts that go through a classifier together.
struct ReadTexts: Sendable {
  /// [N] over B texts.
  var ids: Sequences
  /// [N]; nil for words.
  let weights: Tensor?

  init(_ texts: [ReadText]) {
    ids = Sequences(ids: texts.map(\.ids))
    let weights = texts.compactMap(\.weights)
    self.weights = weights.isEmpty ? nil : Tensor(weights.flatMap { $0 })
  }
}

extension [ReadText] {
  /// A row of values of each text, of what `body` gives for the texts of a batch.
  func results(_ body: (ReadTexts) -> Tensor) -> [[Float]] {
    LengthBatches.results(ofLengths: map(\.ids.count), tokens: 4096) { numbers in
      let result = body(ReadTexts(numbers.map { self[$0] }))
      let (rows, size) = (result.floatElements, result.columnCount)
      return numbers.indices.map { [Float](rows[$0 * size..<($0 + 1) * size]) }
    }
  }
}

extension SequenceClassifier {
  /// What the encoder found in each text.
  ///
  /// - Shapes: B texts → [B, featureCount], Float32
  func features(_ texts: ReadTexts, _ mode: Mode) -> Tensor {
    features(texts.ids, weights: texts.weights, mode)
  }

  /// The logits of the labels.
  ///
  /// - Shapes: B texts → [B, labels], Float32
  func callAsFunction(_ texts: ReadTexts, _ mode: Mode) -> Tensor {
    self(texts.ids, weights: texts.weights, mode)
  }
}
