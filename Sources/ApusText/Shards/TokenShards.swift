import ApusFiles

/// The tokens of a prepared corpus: documents end to end, memory-mapped.
///
/// Memory does not grow with the corpus; pages are read when touched. Opening checks every length
/// and offset; `verify()` also reads all tokens.
public final class TokenShards: Sendable {
  public let documentCount: Int
  public let tokenCount: Int
  public let vocabularySize: Int
  /// The `Tokenizer.fingerprint` of the tokenizer that made the tokens.
  public let fingerprint: UInt64
  /// Whether sentences inside documents were kept.
  public let hasSentences: Bool

  private let shards: [TokenShard]
  /// How many tokens, and documents, come before each shard; in the end, the totals.
  private let firstTokens, firstDocuments: [Int]

  /// Opens a shard, or all shards of a directory in the order of their names.
  ///
  /// - Throws: `FileError`; `InputError` for a file that is no shard, shards of different
  ///   tokenizers, or a directory without any.
  public init(_ path: String) throws {
    shards = try Self.files(of: path).map(TokenShard.init)
    guard let first = shards.first?.header else {
      throw InputError(file: path, expected: "token shards (*.shard)", found: "none")
    }
    var tokens = [0]
    var documents = [0]
    for shard in shards {
      guard shard.header.fingerprint == first.fingerprint,
        shard.header.vocabularySize == first.vocabularySize
      else {
        throw InputError(
          file: shard.path, expected: "the tokenizer of the other shards", found: "another")
      }
      tokens.append(tokens[tokens.count - 1] + shard.header.tokenCount)
      documents.append(documents[documents.count - 1] + shard.header.documentCount)
    }
    vocabularySize = first.vocabularySize
    fingerprint = first.fingerprint
    hasSentences = shards.contains { $0.header.sentenceCount > 0 }
    firstTokens = tokens
    firstDocuments = documents
    tokenCount = tokens[shards.count]
    documentCount = documents[shards.count]
  }

  private static func files(of path: String) throws -> [String] {
    guard try FileStatus(path).isDirectory else { return [path] }
    return try directoryEntries(path).filter { $0.hasSuffix(".shard") }.sorted()
      .map { "\(path)/\($0)" }
  }

  /// Reads everything to check the checksums and that every token is in the vocabulary.
  ///
  /// - Throws: `InputError` naming the damaged shard.
  public func verify() throws {
    for shard in shards { try shard.verify() }
  }

  /// The tokens of a document.
  public func tokens(ofDocument document: Int) -> [Int32] {
    let (shard, local) = place(ofDocument: document)
    let range = shards[shard].tokenRange(ofDocument: local)
    return [Int32](unsafeUninitializedCapacity: range.count) { buffer, count in
      if let base = buffer.baseAddress { shards[shard].copy(range, into: base) }
      count = range.count
    }
  }

  /// The tokens of a document as a range of the stream of all tokens.
  public func tokenRange(ofDocument document: Int) -> Range<Int> {
    let (shard, local) = place(ofDocument: document)
    let range = shards[shard].tokenRange(ofDocument: local)
    return range.lowerBound + firstTokens[shard]..<range.upperBound + firstTokens[shard]
  }

  /// The sentences of a document as ranges among its tokens; one range if they were not kept.
  public func sentenceRanges(ofDocument document: Int) -> [Range<Int>] {
    let (shard, local) = place(ofDocument: document)
    return shards[shard].sentenceRanges(ofDocument: local)
  }

  /// The document that holds a token of the stream.
  public func document(ofToken token: Int) -> Int {
    precondition(0..<tokenCount ~= token, "TokenShards: token \(token) of \(tokenCount)")
    let shard = Self.part(of: token, in: firstTokens)
    return firstDocuments[shard] + shards[shard].document(ofToken: token - firstTokens[shard])
  }

  /// Gives a range of the stream of all tokens to `body`, across documents and shards.
  public func withTokens<Result>(
    _ range: Range<Int>, _ body: (UnsafeBufferPointer<Int32>) throws -> Result
  ) rethrows -> Result {
    try withUnsafeTemporaryAllocation(of: Int32.self, capacity: range.count) { buffer in
      copyTokens(range, into: buffer)
      return try body(UnsafeBufferPointer(buffer))
    }
  }

  /// Copies a range of the stream of all tokens into a buffer of its length.
  public func copyTokens(_ range: Range<Int>, into buffer: UnsafeMutableBufferPointer<Int32>) {
    precondition(
      0 <= range.lowerBound && range.upperBound <= tokenCount,
      "TokenShards: tokens \(range) of \(tokenCount)")
    precondition(buffer.count >= range.count, "TokenShards: buffer of \(buffer.count)")
    guard let base = buffer.baseAddress, !range.isEmpty else { return }
    var start = range.lowerBound
    var shard = Self.part(of: start, in: firstTokens)
    while start < range.upperBound {
      let end = min(range.upperBound, firstTokens[shard + 1])
      shards[shard].copy(
        start - firstTokens[shard]..<end - firstTokens[shard],
        into: base + (start - range.lowerBound))
      start = end
      shard += 1
    }
  }

  private func place(ofDocument document: Int) -> (shard: Int, local: Int) {
    precondition(
      0..<documentCount ~= document, "TokenShards: document \(document) of \(documentCount)")
    let shard = Self.part(of: document, in: firstDocuments)
    return (shard, document - firstDocuments[shard])
  }

  /// The last part that starts at `index` or before and is not empty.
  private static func part(of index: Int, in starts: [Int]) -> Int {
    var (low, high) = (0, starts.count - 1)
    while low + 1 < high {
      let middle = (low + high) / 2
      if starts[middle] <= index { low = middle } else { high = middle }
    }
    return low
  }
}
