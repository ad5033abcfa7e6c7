import ApusFiles

/// The sequences of one forward and backward pass, end to end, with what is to be predicted.
///
/// B sequences have N tokens in all; there is no padding.
public struct PretrainingBatch: Equatable, Sendable {
  /// What is to be predicted.
  public enum Targets: Equatable, Sendable {
    /// The next token of each position, [N].
    case next([Int32])
    /// The tokens that were masked, at rising positions of `ids`, [M] each.
    case masked(positions: [Int], labels: [Int32])
  }

  /// The tokens of all sequences, [N].
  public var ids: [Int32] = []
  /// Where each sequence starts in `ids`, and N as the last, [B + 1].
  public var offsets: [Int] = [0]
  /// 0 in the first and 1 in the second part of a sequence, [N]; empty for causal models.
  public var segmentIds: [Int32] = []
  public var targets: Targets
  /// Of each sequence, 0 where its second part follows the first and 1 where it comes from elsewhere
  /// or the parts are swapped, [B]; empty without such a task.
  public var nextLabels: [Int32] = []

  public init(targets: Targets) { self.targets = targets }

  /// The number of sequences, B.
  public var count: Int { offsets.count - 1 }

  /// The number of tokens to be predicted.
  public var targetCount: Int {
    switch targets {
    case .next(let ids): ids.count
    case .masked(_, let labels): labels.count
    }
  }
}

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
  /// Once, in the order of the corpus, with the same masks every time: for validation.
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

/// Batches for pretraining, a function of corpus, seed and cursor alone.
public protocol PretrainingBatches: Sendable {
  /// Where the next batch stands; batches made from it anew are the same.
  var cursor: BatchCursor { get }

  /// Makes the next batch.
  ///
  /// - Returns: nil behind the last batch of an order that ends.
  /// - Throws: `InputError` for a token id beyond the vocabulary, or a corpus that makes no example.
  mutating func next() throws(InputError) -> PretrainingBatch?
}
