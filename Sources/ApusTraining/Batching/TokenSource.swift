import ApusText

/// The tokens that batches are made of: documents end to end, each with its sentences.
///
/// Positions count tokens from the start of the first document. Nothing is read before it is asked
/// for, so that memory does not grow with the corpus.
public struct TokenSource: Sendable {
  /// What errors call it.
  public let name: String
  public let documentCount: Int
  public let tokenCount: Int
  /// The positions of a document.
  let document: @Sendable (Int) -> Range<Int>
  /// The positions of the sentences of a document, which they cover.
  let sentences: @Sendable (Int) -> [Range<Int>]
  /// The document that holds a position.
  let documentOfToken: @Sendable (Int) -> Int
  /// Copies the tokens of a range of positions into a buffer of its length.
  let copy: @Sendable (Range<Int>, UnsafeMutableBufferPointer<Int32>) -> Void

  init(
    name: String, documentCount: Int, tokenCount: Int,
    document: @escaping @Sendable (Int) -> Range<Int>,
    sentences: @escaping @Sendable (Int) -> [Range<Int>],
    documentOfToken: @escaping @Sendable (Int) -> Int,
    copy: @escaping @Sendable (Range<Int>, UnsafeMutableBufferPointer<Int32>) -> Void
  ) {
    self.name = name
    self.documentCount = documentCount
    self.tokenCount = tokenCount
    self.document = document
    self.sentences = sentences
    self.documentOfToken = documentOfToken
    self.copy = copy
  }

  /// The tokens of a prepared corpus.
  ///
  /// - Parameters:
  ///   - shards: The corpus.
  ///   - name: What errors call it: its path.
  public init(_ shards: TokenShards, name: String) {
    self.init(
      name: name, documentCount: shards.documentCount, tokenCount: shards.tokenCount,
      document: { shards.tokenRange(ofDocument: $0) },
      sentences: { document in
        let start = shards.tokenRange(ofDocument: document).lowerBound
        return shards.sentenceRanges(ofDocument: document)
          .map { $0.lowerBound + start..<$0.upperBound + start }.filter { !$0.isEmpty }
      },
      documentOfToken: { shards.document(ofToken: $0) },
      copy: { shards.copyTokens($0, into: $1) })
  }

  /// Appends the tokens of a range of positions.
  func append(_ range: Range<Int>, to ids: inout [Int32]) {
    ids.append(addingCapacity: range.count) { copy(range, $0) }
  }

  /// Two parts of the corpus, the second one for validation.
  ///
  /// The cut stands between two documents if the end of one is near, at most half of the fraction
  /// away, and else inside one.
  ///
  /// - Parameter fraction: The share of the tokens in the second part, of 0..<1.
  /// - Returns: All but the last tokens and the last ones.
  public func split(validationFraction fraction: Double) -> (training: Self, validation: Self) {
    precondition(0..<1 ~= fraction, "split: expected a fraction of 0..<1, got \(fraction)")
    let wanted = tokenCount - Int((fraction * Double(tokenCount)).rounded())
    guard wanted < tokenCount else {
      return (part(0..<tokenCount), part(tokenCount..<tokenCount))
    }
    let around = document(documentOfToken(wanted))
    let near = [around.lowerBound, around.upperBound]
      .filter { 0 < $0 && $0 < tokenCount }
      .filter { Double(abs($0 - wanted)) <= fraction / 2 * Double(tokenCount) }
      .min { abs($0 - wanted) < abs($1 - wanted) }
    let cut = near ?? wanted
    return (part(0..<cut), part(cut..<tokenCount))
  }

  /// The documents in a range of positions; those at its ends may be parts of documents.
  private func part(_ range: Range<Int>) -> TokenSource {
    guard !range.isEmpty else {
      return TokenSource(
        name: name, documentCount: 0, tokenCount: 0, document: { _ in 0..<0 },
        sentences: { _ in [] }, documentOfToken: { _ in 0 }, copy: { _, _ in })
    }
    let first = documentOfToken(range.lowerBound)
    let start = range.lowerBound
    @Sendable func inside(_ positions: Range<Int>) -> Range<Int> {
      let clamped = positions.clamped(to: range)
      return clamped.lowerBound - start..<clamped.upperBound - start
    }
    return TokenSource(
      name: name, documentCount: documentOfToken(range.upperBound - 1) - first + 1,
      tokenCount: range.count, document: { inside(document(first + $0)) },
      sentences: { sentences(first + $0).map(inside).filter { !$0.isEmpty } },
      documentOfToken: { documentOfToken($0 + start) - first },
      copy: { copy($0.lowerBound + start..<$0.upperBound + start, $1) })
  }
}

extension Array {
  /// Appends elements that `initialize` writes into fresh memory.
  fileprivate mutating func append(
    addingCapacity count: Int, _ initialize: (UnsafeMutableBufferPointer<Element>) -> Void
  ) where Element == Int32 {
    let old = self.count
    append(contentsOf: repeatElement(0, count: count))
    withUnsafeMutableBufferPointer { initialize(.init(rebasing: $0[old...])) }
  }
}
