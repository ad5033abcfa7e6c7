import ApusFiles
import ApusLayers
import ApusModels
import ApusTensors
import ApusText
import Glibc

/// How well a masked language model fills the masks of a corpus.
public struct MaskedScore: Codable, Hashable, Sendable {
  /// The mean −ln P of the masked tokens, in nats.
  public var loss: Double
  /// The masked tokens.
  public var tokenCount: Int

  /// The exponential of the mean loss; not comparable with that of a causal model.
  public var perplexity: Double { exp(loss) }
}

extension LanguageModel {
  /// Masks the tokens of shards, the same ones every time, and measures their prediction.
  ///
  /// - Throws: `InputError` for tokens that make no example.
  public func maskedScore(
    of shards: TokenShards, _ tokenizer: Tokenizer, precision: Mode.Precision = .fp32
  ) throws -> MaskedScore {
    guard case .bert(let model) = self else {
      preconditionFailure("maskedScore: expected a masked language model, got \(config)")
    }
    var objective = ObjectiveRecipe(kind: .masked)
    objective.next = .none
    var batches = try MaskedBatches(
      TokenSource(shards, name: "corpus"), objective: objective,
      vocabulary: try MaskingVocabulary(tokenizer), contextLength: model.config.contextLength,
      size: .tokens(max(4096, model.config.contextLength)), order: .once)
    var (nats, count) = (0.0, 0)
    while let batch = try batches.next() {
      let counts = batch.targetCounts
      let loss = withoutGradients {
        self.loss(batch, .evaluation(precision), of: counts).tokens.scalar
      }
      nats += Double(loss) * Double(batch.targetCount)
      count += batch.targetCount
    }
    return MaskedScore(loss: nats / Double(max(count, 1)), tokenCount: count)
  }
}
