import ApusFiles

/// Examples for masked language models in batches of like length; masks differ every epoch.
public struct MaskedBatches: TrainingBatches, Sendable {
  private var batches: WindowedBatches<MaskedExamples>

  public var cursor: BatchCursor { batches.cursor }

  /// Batches from a cursor on.
  ///
  /// - Parameters:
  ///   - source: The corpus.
  ///   - objective: The masking and the second task.
  ///   - vocabulary: The special ids, the words and the number of ids; others are refused.
  ///   - contextLength: The tokens of the longest example, with the special ones; at least 5.
  ///   - size: Sequences, or tokens of at least the context.
  ///   - order: Shuffled without end, or once through with the same masks every time.
  ///   - cursor: Where to go on.
  /// - Throws: `InputError` for a corpus without tokens, with a single document where the next
  ///   sentence shall come from another, whole words that the vocabulary can't tell, or a cursor
  ///   beyond the corpus.
  public init(
    _ source: TokenSource, objective: ObjectiveRecipe, vocabulary: MaskingVocabulary,
    contextLength: Int, size: BatchSize, order: BatchOrder,
    from cursor: BatchCursor = BatchCursor()
  ) throws(InputError) {
    precondition(contextLength >= 5, "MaskedBatches: expected a context of 5, got \(contextLength)")
    guard source.tokenCount > 0 else {
      throw InputError(file: source.name, expected: "at least 1 token", found: "0")
    }
    guard objective.next != .nextSentence || source.documentCount > 1 else {
      throw InputError(
        file: source.name,
        expected: "at least 2 documents, as the next sentence may come from another one",
        found: "\(source.documentCount)")
    }
    guard !objective.wholeWord || !vocabulary.isContinuation.isEmpty else {
      throw InputError(
        expected: "a vocabulary that marks the pieces of words, to mask whole ones",
        found: "one that does not")
    }
    guard !vocabulary.ordinaryIds.isEmpty else {
      throw InputError(expected: "a vocabulary with tokens that are not special", found: "none")
    }
    try cursor.requirePlace(in: source)
    let examples = MaskedExamples(
      source: source, objective: objective, vocabulary: vocabulary, contextLength: contextLength)
    batches = WindowedBatches(
      source, examples, vocabularySize: vocabulary.size, size: size, order: order, from: cursor)
  }

  public mutating func next() throws(InputError) -> PretrainingBatch? { try batches.next() }
}
