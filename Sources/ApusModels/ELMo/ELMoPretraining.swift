import ApusLayers
import ApusTensors

/// An `ELMo` with what it learns by: a projection of each direction's last states onto the words that
/// come next.
///
/// - Source: Peters et al. 2018, §3.1.
public struct ELMoPretraining: StoredModel {
  public let encoder: ELMo
  let head: Linear

  public var config: ELMoConfig { encoder.config }

  public init(_ config: ELMoConfig, in scope: Scope) {
    encoder = ELMo(config, in: scope)
    head = Linear(
      config.projectedSize, config.vocabularySize,
      .normal(standardDeviation: 1 / Float(config.projectedSize).squareRoot()),
      in: scope / "decoder")
  }

  /// The mean of both directions' losses, in nats a word.
  ///
  /// - Parameters:
  ///   - batch: Words, the marks of each sentence's begin and end among them.
  ///   - targets: The word of the vocabulary that each is, Int32.
  ///   - mode: How the model runs.
  ///   - divisor: The targets of one direction that the sums are divided by; by default those of the
  ///     batch.
  ///   - sampleCount: The words that each is told from in training, drawn anew for each direction; nil,
  ///     or as many as there are, stands for all.
  /// - Returns: A scalar.
  /// - Shapes: targets [N], sequences of two words at least
  public func loss(
    _ batch: ELMo.Words, targets: Tensor, _ mode: Mode, divisor: Float? = nil,
    sampling sampleCount: Int? = nil
  ) -> Tensor {
    let numbers = batch.numbers
    precondition(
      numbers.lengths.allSatisfy { $0 > 1 },
      "ELMoPretraining.loss: expected sequences of two words at least")
    let (layers, _) = encoder(batch, mode)
    let last = layers[layers.count - 1].values
    let size = config.projectedSize
    let ranges = zip(numbers.offsets, numbers.offsets.dropFirst())
    let allButLast = Tensor(ranges.flatMap { ($0..<$1 - 1).map(Int32.init) })
    let allButFirst = Tensor(ranges.flatMap { ($0 + 1..<$1).map(Int32.init) })
    func loss(_ states: Tensor, at rows: Tensor, of others: Tensor, _ dropout: Dropout) -> Tensor {
      let (states, targets) = (dropout(states.gathered(rows), mode), targets.gathered(others))
      if let sampleCount, sampleCount < config.vocabularySize,
        let key = mode.key(of: dropout.name + ".samples")
      {
        let classes = SampledClasses(sampleCount, of: config.vocabularySize, key)
        let losses = classes.losses(states, head, targets: targets)
        return losses.sum() / (divisor ?? Float(targets.count))
      }
      return linearCrossEntropy(
        states, head.weight.value, head.bias?.value, targets: targets, divisor: divisor,
        quantized: mode.precision.quantizesWeights)
    }
    let next = loss(
      last.columns(0..<size), at: allButLast, of: allButFirst, encoder.lastDropouts.forward)
    let former = loss(
      last.columns(size..<2 * size), at: allButFirst, of: allButLast, encoder.lastDropouts.backward)
    return (next + former) * 0.5
  }
}
