import ApusLayers
import ApusTensors

/// A BERT with the heads of its two pretraining tasks: masked tokens and following sentences.
///
/// Parameters have the names of Hugging Face's `BertForPreTraining`.
///
/// - Source: Devlin et al. 2019, §3.1.
public struct BERTPretraining: Layer {
  /// Sequences with some tokens hidden, and what stands behind them.
  public struct Batch: Sendable {
    /// Token ids, Int32 [N] over B sequences.
    public var ids: Sequences
    /// The segment of each token, Int32 [N].
    public var segments: Tensor
    /// The elements of `ids` to predict, numbered over all sequences: Int32 [M].
    public var positions: Tensor
    /// The token ids at those positions, Int32 [M].
    public var labels: Tensor
    /// For each sequence 0 if its second segment follows its first, else 1: Int32 [B].
    ///
    /// Nil leaves the task out.
    public var nextLabels: Tensor?

    public init(
      ids: Sequences, segments: Tensor, positions: Tensor, labels: Tensor, nextLabels: Tensor?
    ) {
      self.ids = ids
      self.segments = segments
      self.positions = positions
      self.labels = labels
      self.nextLabels = nextLabels
    }
  }

  /// Both mean cross-entropies, in nats.
  public struct Loss: Sendable {
    /// Over all masked positions.
    public let masked: Tensor
    /// Over all sequences.
    public let next: Tensor?

    /// What is minimised: the sum of both.
    public var total: Tensor { next.map { masked + $0 } ?? masked }
  }

  /// Without its pooler, which belongs to the head of following sentences.
  public let encoder: BERT
  let pooler: Pooler
  let predictions: MaskedTokenHead
  let next: Linear

  public var config: BERTConfig { encoder.config }

  public init(_ config: BERTConfig, in scope: Scope) {
    let size = config.hiddenSize
    let normal = config.transformer.initializer
    precondition(
      config.family == .bert, "BERTPretraining: expected a BERT, got \(config.family)")
    var complete = config
    complete.hasPretrainingHeads = true
    let model = scope / config.family.names.model
    encoder = BERT(complete, hasPooler: false, in: model)
    pooler = Pooler(size, normal, in: model / config.family.names.pooler)
    predictions = MaskedTokenHead(config, encoder.words, in: scope / "cls.predictions")
    next = Linear(size, 2, normal, in: scope / "cls.seq_relationship")
  }

  /// The losses of a batch.
  ///
  /// The vocabulary projection runs on the masked positions alone. What the sums over masked
  /// positions and over sequences are divided by can be given for parts of a larger batch; by
  /// default it is the numbers of both.
  public func loss(
    _ batch: Batch, _ mode: Mode, maskedDivisor: Float? = nil, nextDivisor: Float? = nil
  ) -> Loss {
    let states = encoder(batch.ids, segments: batch.segments, mode)
    let masked = predictions.loss(
      states.values.gathered(batch.positions), targets: batch.labels, mode,
      divisor: maskedDivisor)
    let following = batch.nextLabels.map { labels in
      linearCrossEntropy(
        pooler(states), next.weight.value, next.bias?.value, targets: labels,
        divisor: nextDivisor)
    }
    return Loss(masked: masked, next: following)
  }

  /// The logits over the vocabulary of some states, Float32.
  ///
  /// - Shapes: [M, C] → [M, V]
  public func vocabularyLogits(_ states: Tensor, _ mode: Mode) -> Tensor {
    predictions.logits(states, mode)
  }

  /// The logits of each sequence that its second segment follows its first and that it does not,
  /// Float32.
  ///
  /// - Shapes: [N, C] over B sequences → [B, 2]
  public func nextLogits(_ states: Sequences) -> Tensor {
    next(pooler(states)).converted(to: .float32)
  }
}
