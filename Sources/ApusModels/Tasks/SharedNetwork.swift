import ApusLayers
import ApusTensors
import ApusText

/// The network under the heads of a model, built from its configuration.
enum SharedNetwork: Sendable {
  case tokens(any TokenEncoder)
  case elmo(ELMo)

  /// The network as an encoder of words.
  ///
  /// - Parameters:
  ///   - tokenizer: What cuts words into tokens; an ELMo takes their bytes.
  ///   - isFrozen: Whether it runs as in evaluation, in training too.
  ///   - scope: Where weights are created that a task has of its own, such as those of an ELMo's mix.
  /// - Returns: What gives each word a state.
  func words(
    _ tokenizer: Tokenizer?, isFrozen: Bool, in scope: Scope
  ) -> any WordEncoder {
    switch self {
    case .elmo(let network): return ELMoWordEncoder(network, isFrozen: isFrozen, in: scope / "mix")
    case .tokens(let encoder):
      guard let tokenizer else { preconditionFailure("SharedNetwork: expected a tokenizer") }
      return TokenWordEncoder(encoder, tokenizer, isFrozen: isFrozen)
    }
  }
}

extension PretrainedConfig {
  /// Builds the network, without the heads of its training.
  func network(in scope: Scope, hasPooler: Bool = false) -> SharedNetwork {
    switch self {
    case .elmo(let config): .elmo(ELMo(config, in: scope))
    case .transformer(let config):
      .tokens(TransformerTokenEncoder(config.encoder(in: scope, hasPooler: hasPooler)))
    case .classifier(let config): .tokens(config.wordEncoder(in: scope))
    case .wordVectors(let config): .tokens(WordVectorEncoder(config, in: scope))
    }
  }
}
