import ApusLayers
import ApusTensors

/// Tells tokens from the states of a Transformer, by its own table of embeddings.
///
/// Over a BERT the states go through a layer of their own first, as in its pretraining.
struct LanguageHead: Layer {
  private enum Form: Sendable {
    case masked(MaskedTokenHead)
    case causal(Parameter)
  }

  private let form: Form

  init(over encoder: any Encoder, in scope: Scope) {
    switch encoder {
    case let encoder as BERT:
      form = .masked(MaskedTokenHead(encoder.config, encoder.words, in: scope / "predictions"))
    case let encoder as GPT: form = .causal(encoder.head)
    default: preconditionFailure("LanguageHead: expected a BERT or GPT, got \(encoder)")
    }
  }

  /// Whether each token is told from those before it.
  var isCausal: Bool { if case .causal = form { true } else { false } }

  /// The sum of the cross-entropies of targets, in nats.
  ///
  /// - Shapes: states [M, C], targets [M] → []
  func loss(_ states: Tensor, targets: [Int32], _ mode: Mode) -> Tensor {
    let targets = Tensor(targets)
    switch form {
    case .masked(let head): return head.loss(states, targets: targets, mode, divisor: 1)
    case .causal(let table):
      return linearCrossEntropy(states, table.value, targets: targets, divisor: 1)
    }
  }
}
