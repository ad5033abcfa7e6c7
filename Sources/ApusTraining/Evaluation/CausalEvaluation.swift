import ApusFiles
import ApusLayers
import ApusModels
import ApusTensors
import ApusText

/// Measures how well a causal model predicts the text of a corpus.
///
/// Each document is read in windows of the model's context. A window shares all but `stride` tokens
/// with the one before it and is scored on those that are new, so that a smaller stride gives
/// tokens more context and takes more time. The first token of a document is predicted from the
/// end-of-text token where the tokenizer has one, and is not scored otherwise.
public struct CausalEvaluation {
  private let model: GPT
  private let tokenizer: Tokenizer
  private let precision: Mode.Precision
  private let stride: Int
  private let endOfText: Int32?
  private let unknownID: Int32?
  private var waiting: [Window] = []
  private var waitingTokenCount = 0
  private var score = LanguageModelScore()

  private struct Window {
    var ids: [Int32]
    /// The tokens after each, or `unscored`.
    var targets: [Int32]
  }

  private static let unscored: Int32 = -1
  /// Windows are scored together until they have this many tokens.
  private static let batchTokenCount = 4096

  /// Prepares to measure.
  ///
  /// - Parameters:
  ///   - model: What is measured.
  ///   - tokenizer: Its tokenizer.
  ///   - precision: Of the matrix products.
  ///   - stride: The new tokens of each window; nil takes whole contexts.
  /// - Throws: `InputError` for a stride that the context does not hold, or a tokenizer with more
  ///   tokens than the model.
  public init(
    _ model: GPT, _ tokenizer: Tokenizer, precision: Mode.Precision = .fp32, stride: Int? = nil
  ) throws {
    let context = model.config.contextLength
    let stride = stride ?? context
    guard 1...context ~= stride else {
      throw InputError(expected: "a stride of 1 to \(context)", found: "\(stride)")
    }
    guard tokenizer.vocabularySize <= model.config.vocabularySize else {
      throw InputError(
        expected: "a tokenizer of at most \(model.config.vocabularySize) tokens",
        found: "\(tokenizer.vocabularySize)")
    }
    self.model = model
    self.tokenizer = tokenizer
    self.precision = precision
    self.stride = stride
    endOfText = tokenizer.id(of: Tokenizer.endOfText)
    unknownID = tokenizer.unknownID
  }

  /// Scores all documents of a corpus.
  ///
  /// Words are what white space divides, and the end of each line counts as one, as is customary
  /// for the Penn Treebank.
  public mutating func score(_ corpus: Corpus) throws -> LanguageModelScore {
    score = LanguageModelScore()
    let seen = try corpus.forEachDocument { bytes, _ in
      var ids = endOfText.map { [$0] } ?? []
      let prefix = ids.count
      tokenizer.encode(bytes, into: &ids)
      guard ids.count > prefix else { return }
      score.byteCount += bytes.count
      score.wordCount += wordCount(of: bytes)
      add(ids)
    }
    flush()
    score.replacementCount = seen.replacements
    guard score.tokenCount > 0 else {
      throw InputError(
        file: corpus.paths.first, expected: "documents of at least 2 tokens", found: "none")
    }
    return score
  }

  private mutating func add(_ ids: [Int32]) {
    let context = model.config.contextLength
    // The position whose next token is the first not yet scored.
    var scored = 0
    while scored < ids.count - 1 {
      let end = min(scored + (scored == 0 ? context : stride), ids.count - 1)
      let start = max(0, end - context)
      let targets = (start..<end).map { $0 < scored ? Self.unscored : ids[$0 + 1] }
      waiting.append(Window(ids: Array(ids[start..<end]), targets: targets))
      waitingTokenCount += end - start
      score.tokenCount += end - scored
      score.unknownCount += ids[scored + 1...end].count { $0 == unknownID }
      scored = end
      if waitingTokenCount >= Self.batchTokenCount { flush() }
    }
  }

  private mutating func flush() {
    guard !waiting.isEmpty else { return }
    let loss = withoutGradients {
      model.loss(
        Sequences(ids: waiting.map(\.ids)), targets: Tensor(waiting.flatMap(\.targets)),
        .evaluation(precision), ignoring: Self.unscored, divisor: 1)
    }
    score.nats += Double(loss.scalar)
    waiting.removeAll(keepingCapacity: true)
    waitingTokenCount = 0
  }
}

/// The words of a text as white space divides it, and the ends of its lines.
func wordCount(of bytes: UnsafeBufferPointer<UInt8>) -> Int {
  var (count, isInside) = (0, false)
  for byte in bytes {
    let isSpace = byte == 0x20 || (0x09...0x0D).contains(byte)
    if !isSpace, !isInside { count += 1 }
    if byte == UInt8(ascii: "\n") { count += 1 }
    isInside = !isSpace
  }
  return count
}
