import ApusFiles

/// How much goes into a batch.
public enum BatchSize: Hashable, Sendable {
  case sequences(Int)
  /// At most this many tokens.
  case tokens(Int)
}

/// In which order batches come.
public enum BatchOrder: Hashable, Sendable {
  /// Epoch after epoch without end, each in an order of its own that depends on the seed alone.
  case shuffled(seed: UInt64)
  /// Once, in an order that is always the same (that of the corpus, or of lengths), with the same masks
  /// every time: for validation.
  case once
}

/// The place of a batch in the order of all, from which batches go on as if never stopped.
public struct BatchCursor: Codable, Hashable, Sendable {
  /// How often the corpus was gone through.
  public var epoch = 0
  /// The place in the epoch's order of blocks or documents.
  public var position = 0
  /// The tokens of that document that came before.
  public var offset = 0
  /// The batches made of the documents from there on.
  public var batch = 0

  /// The first batch of all.
  public init() {}

  /// The first batch of an epoch.
  init(epoch: Int) { self.epoch = epoch }

  /// Refuses a cursor that no batches of a corpus have had: one of a damaged file.
  func requirePlace(in source: TokenSource) throws(InputError) {
    let most = max(source.tokenCount, source.documentCount)
    let isPlace =
      0..<1 << 40 ~= epoch && 0...most ~= position && 0...source.tokenCount ~= offset
      && 0...source.tokenCount ~= batch
    guard isPlace else {
      throw InputError(
        file: source.name, expected: "a cursor of batches of \(source.tokenCount) tokens",
        found: "epoch \(epoch), position \(position), offset \(offset), batch \(batch)")
    }
  }
}
