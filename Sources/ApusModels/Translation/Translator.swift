import ApusLayers
import ApusTensors

/// A model that turns one sequence of tokens into another: a network between embeddings and the
/// projection onto the target's vocabulary.
public struct Translator: Sendable {
  public let config: TranslatorConfig
  let network: any TranslationNetwork
  private let sourceTokens, targetTokens: Embedding
  private let sourceDropout, targetDropout, outputDropout: Dropout
  private let head: Linear

  public init(_ config: TranslatorConfig, in scope: Scope) {
    self.config = config
    let initializer: Initializer
    switch config.network {
    case .recurrent(let recurrent):
      // As in PyTorch; small embeddings hardly move a recurrent decoder, which then learns for a long
      // time no more than how frequent words are. Tied ones have to be small, as those of the head.
      initializer = config.tiedEmbeddings ? .uniform(0.1) : .normal(standardDeviation: 1)
      network = RecurrentTranslator(recurrent, in: scope)
    case .transformer(let transformer):
      // Embeddings are multiplied by the root of their size.
      initializer = .normal(standardDeviation: 1 / Float(transformer.hiddenSize).squareRoot())
      network = TransformerTranslator(transformer, in: scope)
    }
    let size = config.embeddingSize
    if config.sharesEmbeddings {
      precondition(
        config.sourceVocabularySize == config.targetVocabularySize,
        "Translator: expected one vocabulary where embeddings are shared")
      sourceTokens = Embedding(
        count: config.targetVocabularySize, size: size, initializer, in: scope / "embed_tokens")
      targetTokens = sourceTokens
    } else {
      sourceTokens = Embedding(
        count: config.sourceVocabularySize, size: size, initializer,
        in: scope / "encoder.embed_tokens")
      targetTokens = Embedding(
        count: config.targetVocabularySize, size: size, initializer,
        in: scope / "decoder.embed_tokens")
    }
    precondition(
      !config.tiedEmbeddings || size == config.outputSize,
      "Translator: expected embeddings of \(config.outputSize) to be tied, got \(size)")
    sourceDropout = Dropout(config.dropout, in: scope / "encoder.dropout")
    targetDropout = Dropout(config.dropout, in: scope / "decoder.dropout")
    // A Transformer's blocks drop what they give.
    var outputRate: Float = 0
    if case .recurrent(let recurrent) = config.network { outputRate = recurrent.dropout }
    outputDropout = Dropout(outputRate, in: scope / "head.dropout")
    head = Linear(
      weight: config.tiedEmbeddings
        ? targetTokens.weight
        : scope.parameter(
          "head.weight", [config.targetVocabularySize, config.outputSize],
          .uniform(1 / Float(config.outputSize).squareRoot())),
      bias: scope.parameter("head.bias", [config.targetVocabularySize], .zeros))
  }

  /// What decides on the token after each input, as the projection takes it.
  ///
  /// - Parameters:
  ///   - sources: Token ids with their ends.
  ///   - inputs: The start, then the target without its end.
  ///   - mode: How the model runs.
  /// - Returns: A row an input.
  /// - Shapes: sources [M] and inputs [N] over B pairs → [N, C]
  public func outputs(_ sources: Sequences, inputs: Sequences, _ mode: Mode) -> Tensor {
    decoded(network, sources, inputs, mode).outputs
  }

  /// The mean cross-entropy of the targets, in nats.
  ///
  /// - Parameters:
  ///   - sources: Token ids with their ends.
  ///   - inputs: The start, then the target without its end, or what stands for it in scheduled
  ///     sampling.
  ///   - targets: The token that follows each input, Int32.
  ///   - mode: How the model runs.
  ///   - labelSmoothing: The share of the target distribution spread evenly over all tokens; 0 for a
  ///     model that copies.
  ///   - divisor: What the sum is divided by; by default the number of targets.
  ///   - copies: For a model that copies, what each element of the sources is as a target: an id of
  ///     the target's vocabulary, or one behind it, which `targets` may have as well.
  /// - Returns: A scalar that gradients can be asked of.
  /// - Shapes: sources [M] and inputs [N] over B pairs, targets [N], copies [M] → []
  public func loss(
    _ sources: Sequences, inputs: Sequences, targets: Tensor, _ mode: Mode,
    labelSmoothing: Float = 0, divisor: Float? = nil, copies: Tensor? = nil
  ) -> Tensor {
    let decoded = decoded(network, sources, inputs, mode)
    let outputs = outputDropout(decoded.outputs, mode)
    guard let gates = decoded.gates, let weights = decoded.weights else {
      return linearCrossEntropy(
        outputs, head.weight.value, head.bias?.value, targets: targets,
        labelSmoothing: labelSmoothing, divisor: divisor,
        quantized: mode.precision.quantizesWeights)
    }
    guard let copies, labelSmoothing == 0 else {
      preconditionFailure(
        "Translator.loss: expected copies and no label smoothing for a model that copies")
    }
    let losses = crossEntropy(logits(ofOutputs: outputs, mode), targets: known(targets))
    let mixed = copyMixture(
      losses, gates: gates, weights: weights, targets: inputs.with(targets),
      sources: sources.with(copies), vocabularySize: config.targetVocabularySize)
    return mixed.sum() * (1 / (divisor ?? Float(max(1, inputs.elementCount))))
  }

  /// Ids with the unknown token in place of those behind the target's vocabulary.
  func known(_ ids: Tensor) -> Tensor {
    var ids = ids.detached
    ids.mutate(as: Int32.self) { ids in
      for place in ids.indices where Int(ids[place]) >= config.targetVocabularySize {
        ids[place] = config.unknown
      }
    }
    return ids
  }

  /// The logits of the token after each input, Float32; of a model that copies, those of what it writes.
  ///
  /// - Shapes: sources [M] and inputs [N] over B pairs → [N, V]
  public func logits(_ sources: Sequences, inputs: Sequences, _ mode: Mode) -> Tensor {
    logits(ofOutputs: outputs(sources, inputs: inputs, mode), mode)
  }

  /// Inputs of which some are the model's own choice in place of the right token.
  ///
  /// The choices are those that follow the right beginnings, all made in one pass.
  ///
  /// - Parameters:
  ///   - sources: Token ids with their ends.
  ///   - inputs: The start, then the target without its end.
  ///   - rate: The share of inputs that are replaced.
  ///   - key: What decides which.
  ///   - mode: How the model runs.
  /// - Returns: Sequences of the same lengths; the start is never replaced.
  /// - Source: Bengio et al. 2015, in the parallel form of Duckworth et al. 2019.
  public func sampledInputs(
    _ sources: Sequences, inputs: Sequences, rate: Float, _ key: RandomKey, _ mode: Mode
  ) -> Sequences {
    withoutGradients {
      let chosen = logits(sources, inputs: inputs, mode).argmax(axis: 1).elements(as: Int32.self)
      let draws = Tensor.uniform([inputs.elementCount], 0, 1, key).elements(as: Float.self)
      var ids = inputs.values.elements(as: Int32.self)
      for (start, end) in zip(inputs.offsets, inputs.offsets.dropFirst()) where end > start + 1 {
        for place in start + 1..<end where draws[place] < rate { ids[place] = chosen[place - 1] }
      }
      return inputs.with(Tensor(ids))
    }
  }

  /// The weights that the model gives the tokens of sources where it writes targets, for each pair a
  /// row an input and a column a source token; nil without attention.
  ///
  /// A Transformer's are those of its last block, the mean over heads.
  public func attentionWeights(
    _ sources: Sequences, inputs: Sequences, _ mode: Mode
  ) -> [Tensor]? {
    let found = withoutGradients {
      decoded(network, sources, inputs, observing: true, mode).weights
    }
    guard let weights = found else { return nil }
    var start = 0
    return zip(inputs.lengths, sources.lengths).map { rows, columns in
      defer { start += rows * columns }
      return weights.rows(start..<start + rows * columns).reshaped([rows, columns])
    }
  }

  private func decoded(
    _ network: some TranslationNetwork, _ sources: Sequences, _ inputs: Sequences,
    observing observes: Bool = false, _ mode: Mode
  ) -> DecodedInputs {
    network.decode(
      embeddedInputs(network, inputs, mode),
      seeing: network.encode(embeddedSources(network, sources, mode), mode), observing: observes,
      mode)
  }

  func logits(ofOutputs outputs: Tensor, _ mode: Mode) -> Tensor {
    head(outputs, mode).converted(to: .float32)
  }

  func embeddedSources(
    _ network: some TranslationNetwork, _ sources: Sequences, _ mode: Mode
  ) -> Sequences {
    sources.map {
      let embedded = network.prepared(sourceTokens($0), positions: sources.positions)
      return sourceDropout(embedded, mode).converted(to: mode.scalarType)
    }
  }

  private func embeddedInputs(
    _ network: some TranslationNetwork, _ inputs: Sequences, _ mode: Mode
  ) -> Sequences {
    inputs.map { embeddedInputs(network, $0, positions: inputs.positions, mode) }
  }

  func embeddedInputs(
    _ network: some TranslationNetwork, _ ids: Tensor, positions: Tensor, _ mode: Mode
  ) -> Tensor {
    let seen =
      network.seesTarget ? ids : Tensor(Array(repeating: config.start, count: ids.count))
    let embedded = network.prepared(targetTokens(seen), positions: positions)
    return targetDropout(embedded, mode).converted(to: mode.scalarType)
  }
}
