import ApusFiles

/// What a corpus is under a tokenizer.
public struct TokenStatistics: Sendable, Equatable {
  /// Bytes of text.
  public var bytes = 0
  /// Tokens that stand for text of no other token.
  public var unknownTokens = 0
  /// The lengths of documents in tokens, special ones left out.
  public var lengths: LengthHistogram

  public var tokens: Int { lengths.total }

  /// Encodes a corpus and counts.
  ///
  /// - Parameters:
  ///   - corpus: The texts.
  ///   - tokenizer: Whose tokens are counted.
  ///   - limit: A length of interest, such as a model's context.
  ///   - threadCount: The threads to use.
  /// - Throws: What reading throws.
  public init(
    of corpus: Corpus, with tokenizer: Tokenizer, limit: Int = .max, threadCount: Int = 1
  ) throws {
    lengths = LengthHistogram(limit: limit)
    let unknown = tokenizer.unknownID
    let pass = ParallelPass(corpus, threadCount: threadCount)
    let empty = self
    _ = try pass.run({ documents, _ in
      var part = empty
      var ids: [Int32] = []
      documents.forEach { text in
        ids.removeAll(keepingCapacity: true)
        tokenizer.encode(text, into: &ids)
        part.bytes += text.count
        part.lengths.add(ids.count)
        if let unknown { part.unknownTokens += ids.count { $0 == unknown } }
      }
      return part
    }) { (part: TokenStatistics) in
      bytes += part.bytes
      unknownTokens += part.unknownTokens
      lengths.add(part.lengths)
    }
  }
}
