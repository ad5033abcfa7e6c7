import ApusLayers
import ApusTensors

/// A Transformer encoder and decoder with sinusoidal positions.
///
/// Parameters of blocks have the names of Hugging Face's `MarianMTModel`.
///
/// - Source: Vaswani et al. 2017.
struct TransformerTranslator: TranslationNetwork {
  struct Memory: Sendable {
    /// Of each block of the decoder.
    let keysValues: [Sequences]
  }

  struct State: Sendable {
    let memory: Memory
    var sources: [Int]
    var caches: [KeyValueCache]
    var position: Int
  }

  private let config: TransformerTranslation
  private let encoder: TransformerStack
  private let decoder: DecoderStack
  /// Of the positions that most sequences have.
  private let table: Tensor

  init(_ config: TransformerTranslation, in scope: Scope) {
    self.config = config
    table = sinusoidalPositions(count: 512, size: config.hiddenSize)
    let parts = TranslatorParts(config)
    let (encoding, decoding) = (scope / "encoder", scope / "decoder")
    let encoderBlocks = (0..<config.encoderLayerCount).map {
      parts.encoderBlock(in: encoding / "layers" / $0)
    }
    let decoderBlocks = (0..<config.decoderLayerCount).map {
      parts.decoderBlock(in: decoding / "layers" / $0)
    }
    switch config.normPlacement {
    case .pre:
      encoder = .preNorm(encoderBlocks, finalNorm: parts.norm("layer_norm", encoding))
      decoder = DecoderStack(decoderBlocks, finalNorm: parts.norm("layer_norm", decoding))
    case .post:
      encoder = .postNorm(encoderBlocks)
      decoder = DecoderStack(decoderBlocks, finalNorm: nil)
    }
  }

  var seesTarget: Bool { true }

  var attends: Bool { true }

  func prepared(_ embedded: Tensor, positions: Tensor) -> Tensor {
    embedded * Float(config.hiddenSize).squareRoot() + sinusoids(positions)
  }

  private func sinusoids(_ positions: Tensor) -> Tensor {
    let ids = positions.elements(as: Int32.self)
    guard let first = ids.min(), let last = ids.max(), last >= table.rowCount else {
      return table.gathered(positions)
    }
    // A step of decoding asks for one position.
    return sinusoidalPositions(
      from: Int(first), count: Int(last - first) + 1, size: config.hiddenSize
    ).gathered(ids.map { $0 - first })
  }

  func encode(_ source: Sequences, _ mode: Mode) -> Memory {
    Memory(keysValues: decoder.keysValues(encoder(source, mode), mode))
  }

  func decode(
    _ inputs: Sequences, seeing memory: Memory, observing observes: Bool, _ mode: Mode
  ) -> DecodedInputs {
    var weights: Tensor?
    let outputs = decoder(
      inputs, seeing: memory.keysValues, mode, observing: observes ? { weights = flat($0) } : nil
    ).values
    return DecodedInputs(outputs: outputs, weights: weights)
  }

  func start(_ memory: Memory) -> State {
    let count = memory.keysValues.first?.count ?? 0
    let empty = KeyValueCache(sequenceCount: count, headCount: config.headCount)
    return State(
      memory: memory, sources: Array(0..<count),
      caches: Array(repeating: empty, count: config.decoderLayerCount), position: 0)
  }

  func position(of state: State) -> Int { state.position }

  func sources(of state: State) -> [Int] { state.sources }

  func step(
    _ inputs: Tensor, _ state: inout State, observing observes: Bool, _ mode: Mode
  ) -> DecodedInputs {
    var weights: Tensor?
    let outputs = decoder(
      inputs, seeing: state.memory.keysValues, of: state.sources, extending: &state.caches, mode,
      observing: observes ? { weights = flat($0) } : nil)
    state.position += 1
    return DecodedInputs(outputs: outputs, weights: weights)
  }

  func select(_ sequences: [Int], _ state: State) -> State {
    var result = state
    result.sources = sequences.map { state.sources[$0] }
    result.caches = state.caches.map { $0.selecting(sequences) }
    return result
  }
}

/// Matrices one after the other.
private func flat(_ matrices: [Tensor]) -> Tensor {
  concatenated(matrices.map { $0.reshaped([$0.count]) })
}

/// The parts of blocks, under the names of the reference checkpoint.
private struct TranslatorParts {
  let config: TransformerTranslation

  init(_ config: TransformerTranslation) { self.config = config }

  func norm(_ name: String, _ scope: Scope) -> LayerNorm {
    LayerNorm(config.hiddenSize, epsilon: config.layerNormEpsilon, in: scope / name)
  }

  func encoderBlock(in scope: Scope) -> TransformerBlock {
    TransformerBlock(
      attention: attention(isCausal: false, in: scope / "self_attn"),
      norm: norm("self_attn_layer_norm", scope), dropout: dropout("self_attn", scope),
      feedForward: feedForward(in: scope), norm: norm("final_layer_norm", scope),
      dropout: dropout("fc2", scope))
  }

  func decoderBlock(in scope: Scope) -> DecoderBlock {
    DecoderBlock(
      attention: .init(
        attention(isCausal: true, in: scope / "self_attn"),
        norm: norm("self_attn_layer_norm", scope), dropout: dropout("self_attn", scope)),
      crossAttention: .init(
        crossAttention(in: scope / "encoder_attn"),
        norm: norm("encoder_attn_layer_norm", scope), dropout: dropout("encoder_attn", scope)),
      feedForward: .init(
        feedForward(in: scope), norm: norm("final_layer_norm", scope),
        dropout: dropout("fc2", scope)))
  }

  private func attention(isCausal: Bool, in scope: Scope) -> SelfAttention {
    SelfAttention(
      queryKeyValue: stacked(["q_proj", "k_proj", "v_proj"], in: scope), output: output(in: scope),
      headCount: config.headCount, isCausal: isCausal,
      dropout: Dropout(config.attentionDropout, in: scope / "dropout"))
  }

  private func crossAttention(in scope: Scope) -> CrossAttention {
    CrossAttention(
      query: stacked(["q_proj"], in: scope), keyValue: stacked(["k_proj", "v_proj"], in: scope),
      output: output(in: scope), headCount: config.headCount,
      dropout: Dropout(config.attentionDropout, in: scope / "dropout"))
  }

  private func stacked(_ names: [String], in scope: Scope) -> Linear {
    let size = config.hiddenSize
    return Linear(
      weight: scope.parameter(
        stacking: names.map { "\($0).weight" }, [size, size], .xavierUniform,
        role: .map(.outputsByInputs)),
      bias: scope.parameter(stacking: names.map { "\($0).bias" }, [size], .zeros))
  }

  private func output(in scope: Scope) -> Linear {
    Linear(config.hiddenSize, config.hiddenSize, in: scope / "out_proj")
  }

  private func feedForward(in scope: Scope) -> FeedForward {
    let (size, wide) = (config.hiddenSize, config.intermediateSize)
    return FeedForward(
      expand: Linear(size, wide, in: scope / "fc1"), activation: config.activation,
      contract: Linear(wide, size, in: scope / "fc2"))
  }

  private func dropout(_ name: String, _ scope: Scope) -> Dropout {
    Dropout(config.dropout, in: scope / name / "output_dropout")
  }
}
