import ApusText

extension TokenSource {
  /// The tokens of a corpus, encoded and held in memory.
  ///
  /// - Throws: What reading throws.
  init(_ corpus: Corpus, _ tokenizer: Tokenizer) throws {
    var tokens: [Int32] = []
    var ends = [0]
    try corpus.forEachDocument { text, _ in
      tokenizer.encode(text, into: &tokens)
      if tokens.count > ends[ends.count - 1] { ends.append(tokens.count) }
    }
    let (ids, starts) = (tokens, ends)
    self.init(
      name: corpus.paths.first ?? "corpus", documentCount: starts.count - 1,
      tokenCount: ids.count, document: { starts[$0]..<starts[$0 + 1] },
      sentences: { [starts[$0]..<starts[$0 + 1]] },
      documentOfToken: { token in
        var (low, high) = (0, starts.count - 1)
        while high - low > 1 {
          let middle = (low + high) / 2
          if starts[middle] <= token { low = middle } else { high = middle }
        }
        return low
      },
      copy: { range, buffer in
        ids.withUnsafeBufferPointer { _ = buffer.update(fromContentsOf: $0[range]) }
      })
  }
}
