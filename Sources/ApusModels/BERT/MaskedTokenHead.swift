import ApusLayers
import ApusTensors

/// Tells hidden tokens from their states: a layer with the encoder's activation and a norm, then the
/// projection onto the vocabulary.
///
/// Parameters have the names of `cls.predictions` of Hugging Face's BERT.
///
/// - Source: Devlin et al. 2019, §3.1.
struct MaskedTokenHead: Layer {
  let config: BERTConfig
  let transform: Linear
  let norm: LayerNorm
  /// The projection onto the vocabulary; the embedding table itself where they are tied.
  let decoder: Linear

  init(_ config: BERTConfig, _ words: Embedding, in scope: Scope) {
    self.config = config
    let normal = config.transformer.initializer
    let size = words.weight.shape[1]
    transform = Linear(config.hiddenSize, size, normal, in: scope / "transform.dense")
    norm = LayerNorm(
      size, epsilon: config.layerNormEpsilon, in: scope / "transform.LayerNorm")
    decoder =
      config.tiedEmbeddings
      ? Linear(
        weight: words.weight,
        bias: scope.parameter("bias", [config.vocabularySize], .zeros))
      : Linear(size, config.vocabularySize, normal, in: scope / "decoder")
  }

  /// The mean cross-entropy of targets, or their sum over a divisor, in nats.
  ///
  /// - Shapes: states [M, C], targets [M] → []
  func loss(_ states: Tensor, targets: Tensor, _ mode: Mode, divisor: Float?) -> Tensor {
    linearCrossEntropy(
      transformed(states, mode), decoder.weight.value, decoder.bias?.value, targets: targets,
      divisor: divisor)
  }

  /// The logits over the vocabulary of some states, Float32.
  ///
  /// - Shapes: [M, C] → [M, V]
  func logits(_ states: Tensor, _ mode: Mode) -> Tensor {
    decoder(transformed(states, mode)).converted(to: .float32)
  }

  private func transformed(_ states: Tensor, _ mode: Mode) -> Tensor {
    norm(config.activation(transform(states)), mode)
  }
}
