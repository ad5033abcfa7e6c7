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

  /// Whether each sequence goes on where the one of the same number ended in the batch before.
  public var continues = false
  /// What the learning rate is multiplied by: the share of the usual length that the batch has.
  public var rateScale = 1.0

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

extension PretrainingBatch: TrainingBatch {
  public var tokenCount: Int { ids.count }

  public var targetCounts: TargetCounts {
    TargetCounts(tokens: targetCount, sequences: nextLabels.count)
  }
}
