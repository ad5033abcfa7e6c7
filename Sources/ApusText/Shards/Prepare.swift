import ApusFiles
import Glibc

/// How a corpus becomes token shards.
public struct PrepareOptions: Sendable {
  /// A token put behind each document, such as that of `<|endoftext|>`.
  public var endOfText: Int32?
  /// Whether the ends of sentences are kept, for next-sentence prediction.
  public var keepsSentences = false
  public var threadCount = 1
  /// The size of a shard in bytes.
  public var shardSize = TokenShardWriter.defaultShardSize

  public init() {}
}

/// What preparing a corpus gave.
public struct PrepareReport: Sendable, Equatable {
  public var corpus: Corpus.Report
  public var tokens: Int
  public var sentences: Int
  public var unknownTokens: Int
  public var shards: Int
}

/// Encodes a corpus and writes it as token shards, which do not depend on the number of threads.
///
/// - Parameters:
///   - corpus: The documents.
///   - tokenizer: Encodes them.
///   - directory: Made if it isn't there. Older shards in it are removed once the new are whole.
///   - options: See `PrepareOptions`.
/// - Returns: What was read and written.
/// - Throws: What reading and writing throw; `InputError` for a corpus that gives no token.
@discardableResult
public func prepare(
  _ corpus: Corpus, with tokenizer: Tokenizer, into directory: String,
  _ options: PrepareOptions = PrepareOptions()
) throws -> PrepareReport {
  precondition(options.threadCount > 0, "prepare: expected at least one thread")
  if let end = options.endOfText {
    precondition(
      0..<tokenizer.vocabularySize ~= Int(end), "prepare: end-of-text \(end) is no token")
  }
  try createDirectory(directory)
  var writer = TokenShardWriter(
    directory: directory, tokenizer: tokenizer, shardSize: options.shardSize)
  let encoder = DocumentEncoder(tokenizer: tokenizer, options: options)
  var totals = EncodedDocuments()
  let pass = ParallelPass(corpus, threadCount: options.threadCount)
  // Noncopyable values can't be captured by closures that may escape; here none does.
  let report = try withUnsafeMutablePointer(to: &writer) { writer in
    try pass.run({ documents, _ in encoder.encode(documents) }) { encoded in
      totals.sentenceCount += encoded.sentenceEnds.count
      totals.tokenCount += encoded.tokens.count
      totals.unknownCount += encoded.unknownCount
      try encoded.forEach { try writer.pointee.append($0, sentenceEnds: $1) }
    }
  }
  guard totals.tokenCount > 0 else {
    throw InputError(
      file: corpus.paths.first, expected: "a corpus with tokens of the vocabulary", found: "none")
  }
  try writer.finish()
  for name in try directoryEntries(directory) where name.hasSuffix(".shard") {
    guard let number = Int(name.dropFirst("tokens-".count).dropLast(".shard".count)),
      number >= writer.shardCount, name.hasPrefix("tokens-")
    else { continue }
    unlink("\(directory)/\(name)")
  }
  return PrepareReport(
    corpus: report, tokens: totals.tokenCount, sentences: totals.sentenceCount,
    unknownTokens: totals.unknownCount, shards: writer.shardCount)
}

/// The tokens of some documents, end to end.
struct EncodedDocuments {
  var tokens: [Int32] = []
  var documentEnds: [Int] = []
  /// The ends of sentences, counted from the start of their document.
  var sentenceEnds: [Int32] = []
  /// How many sentence ends there are up to the end of each document.
  var sentenceCounts: [Int] = []
  var tokenCount = 0
  var sentenceCount = 0
  var unknownCount = 0

  func forEach(
    _ body: (UnsafeBufferPointer<Int32>, _ sentenceEnds: UnsafeBufferPointer<Int32>) throws -> Void
  ) throws {
    try tokens.withUnsafeBufferPointer { tokens in
      try sentenceEnds.withUnsafeBufferPointer { ends in
        var start = 0
        var sentence = 0
        for (document, end) in documentEnds.enumerated() {
          let sentenceEnd = sentenceCounts[document]
          try body(
            UnsafeBufferPointer(rebasing: tokens[start..<end]),
            UnsafeBufferPointer(rebasing: ends[sentence..<sentenceEnd]))
          (start, sentence) = (end, sentenceEnd)
        }
      }
    }
  }
}

/// Encodes groups of documents, on any thread.
private struct DocumentEncoder {
  let tokenizer: Tokenizer
  let options: PrepareOptions
  let unknownID: Int32?

  init(tokenizer: Tokenizer, options: PrepareOptions) {
    self.tokenizer = tokenizer
    self.options = options
    unknownID =
      switch tokenizer.model {
      case let model as WordPiece: model.vocabulary.id(of: model.unknownToken)
      case let model as Lexicon: model.vocabulary.id(of: model.unknownToken)
      default: nil
      }
  }

  func encode(_ documents: ParallelPass.Documents) -> EncodedDocuments {
    var result = EncodedDocuments()
    tokenizer.pool.with { scratch in
      documents.forEach { encode($0, scratch, into: &result) }
    }
    if let unknownID { result.unknownCount = result.tokens.count { $0 == unknownID } }
    return result
  }

  private func encode(
    _ document: UnsafeBufferPointer<UInt8>, _ scratch: TokenizerScratch,
    into result: inout EncodedDocuments
  ) {
    let start = result.tokens.count
    if options.keepsSentences {
      let firstSentence = result.sentenceEnds.count
      SentenceSplitter.forEachSentence(in: document) { range in
        let before = result.tokens.count
        tokenizer.encode(
          UnsafeBufferPointer(rebasing: document[range]),
          at: range.lowerBound == 0 ? .start : .continuation, scratch, into: &result.tokens)
        if result.tokens.count > before {
          result.sentenceEnds.append(Int32(result.tokens.count - start))
        }
      }
      if let end = options.endOfText {
        result.tokens.append(end)
        if result.sentenceEnds.count > firstSentence {
          result.sentenceEnds[result.sentenceEnds.count - 1] += 1
        } else {
          result.sentenceEnds.append(1)
        }
      }
    } else {
      tokenizer.encode(document, at: .start, scratch, into: &result.tokens)
      if let end = options.endOfText { result.tokens.append(end) }
    }
    result.documentEnds.append(result.tokens.count)
    result.sentenceCounts.append(result.sentenceEnds.count)
  }
}
