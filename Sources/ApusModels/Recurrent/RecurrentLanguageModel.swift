import ApusLayers
import ApusTensors

/// A causal language model: recurrent layers over embedded tokens.
///
/// Parameters have the names of PyTorch's own example: `encoder.weight`, `rnn.weight_ih_l0` and so on,
/// `decoder.weight`, `decoder.bias`.
///
/// - Source: Mikolov et al. 2010; with dropout between layers alone, Zaremba et al. 2014; with
///   locked dropout, dropped weights and penalties on activations, Merity et al. 2018.
public struct RecurrentLanguageModel: Sendable {
  public let config: RecurrentConfig
  private let network: RecurrentNetwork
  private let tokens: Embedding
  private let tokenDropout: TokenDropout
  private let inputDropout, outputDropout: SequenceDropout
  private let head: Head

  /// The projection onto the vocabulary.
  private enum Head {
    case all(Linear)
    case adaptive(AdaptiveSoftmax)
  }

  public init(_ config: RecurrentConfig, in scope: Scope) {
    precondition(
      !config.tiedEmbeddings || config.embeddingSize == config.outputSize,
      "RecurrentLanguageModel: expected tied embeddings of the output's size, got \(config)")
    self.config = config
    let even = Initializer.uniform(config.initializerRange ?? 0.1)
    let drop = scope / "drop"
    tokens = Embedding(
      count: config.vocabularySize, size: config.embeddingSize, even, in: scope / "encoder")
    network = RecurrentNetwork(config.network, in: scope / "rnn")
    tokenDropout = TokenDropout(config.tokenDropout, in: drop / "token")
    inputDropout = SequenceDropout(
      config.inputDropout, isLocked: config.locksDropout, in: drop / "input")
    outputDropout = SequenceDropout(
      config.outputDropout, isLocked: config.locksDropout, in: drop / "output")
    let decoder = scope / "decoder"
    if !config.cutoffs.isEmpty {
      head = .adaptive(
        AdaptiveSoftmax(
          config.outputSize, classCount: config.vocabularySize, cutoffs: config.cutoffs, even,
          in: decoder))
    } else if config.tiedEmbeddings {
      let bias = decoder.parameter("bias", [config.vocabularySize], .zeros)
      head = .all(Linear(weight: tokens.weight, bias: bias))
    } else {
      head = .all(Linear(config.outputSize, config.vocabularySize, even, in: decoder))
    }
  }

  /// The name of the table of tokens' vectors.
  public static let embeddingName = "encoder.weight"

  /// What the layers make of tokens.
  public struct Outputs: Sendable {
    /// What the last layer gives: [N, C].
    public let raw: Sequences
    /// The same as the projection onto the vocabulary takes it, with elements dropped in training.
    public let dropped: Sequences
    /// The states to go on from.
    public let states: [RecurrentState]
  }

  /// Runs over sequences from their states on; from zeros if they are left out.
  ///
  /// - Shapes: ids [N] over B sequences → [N, C]
  public func callAsFunction(
    _ ids: Sequences, from states: [RecurrentState]? = nil, _ mode: Mode
  ) -> Outputs {
    let embedded = tokenDropout(
      ids.map { tokens($0) }, ids: ids.values, vocabularySize: config.vocabularySize, mode)
    let (outputs, last) = network(inputDropout(embedded, mode), from: states, mode)
    return Outputs(raw: outputs, dropped: outputDropout(outputs, mode), states: last)
  }

  /// The mean cross-entropy of the token after each, in nats.
  ///
  /// - Parameters:
  ///   - outputs: What the layers made of the tokens.
  ///   - targets: The token that follows each, Int32.
  ///   - mode: How the model runs.
  ///   - divisor: What the sum is divided by, for parts of a larger batch; by default the number
  ///     of targets.
  /// - Returns: A scalar that gradients can be asked of.
  /// - Shapes: outputs [N, C] over B sequences, targets [N] → []
  public func loss(
    _ outputs: Outputs, targets: Tensor, _ mode: Mode, divisor: Float? = nil
  ) -> Tensor {
    loss(outputs.dropped.values, targets: targets, mode, divisor: divisor)
  }

  /// The same by what the projection onto the vocabulary takes.
  ///
  /// - Shapes: states [N, C], targets [N] → []
  public func loss(
    _ states: Tensor, targets: Tensor, _ mode: Mode, divisor: Float? = nil
  ) -> Tensor {
    switch head {
    case .all(let linear):
      return linearCrossEntropy(
        states, linear.weight.value, linear.bias?.value, targets: targets, divisor: divisor,
        quantized: mode.precision.quantizesWeights)
    case .adaptive(let softmax):
      return softmax.loss(states, targets: targets, mode, divisor: divisor)
    }
  }

  /// The logits of the token after each, Float32; log-probabilities from an adaptive softmax.
  ///
  /// - Shapes: [N, C] → [N, V]
  public func logits(_ states: Tensor, _ mode: Mode) -> Tensor {
    switch head {
    case .all(let linear): linear(states, mode).converted(to: .float32)
    case .adaptive(let softmax): softmax.logProbabilities(states, mode)
    }
  }
}

extension RecurrentLanguageModel {
  /// Reads prompts and gives the logits of the token after each.
  ///
  /// - Shapes: ids [N] over B sequences of at least one token → [B, V]
  public func start(
    _ prompts: Sequences, _ mode: Mode
  ) -> (logits: Tensor, states: [RecurrentState]) {
    withoutGradients {
      let outputs = self(prompts, mode)
      return (logits(outputs.raw.lasts, mode), outputs.states)
    }
  }

  /// Appends a token to each sequence and gives the logits of the one after it.
  ///
  /// - Shapes: tokens [B] → [B, V]
  public func next(
    _ tokens: Tensor, extending states: inout [RecurrentState], _ mode: Mode
  ) -> Tensor {
    withoutGradients {
      let ids = Sequences(tokens, lengths: Array(repeating: 1, count: tokens.count))
      let outputs = self(ids, from: states, mode)
      states = outputs.states
      return logits(outputs.raw.values, mode)
    }
  }
}

extension RecurrentLanguageModel.Outputs {
  /// The mean square of what the projection takes: activation regularisation.
  ///
  /// - Source: Merity et al. 2017.
  public var activationPenalty: Tensor { dropped.values.converted(to: .float32).square().mean() }

  /// The mean squared change of the last layer's state from element to element; nil where no sequence
  /// has two.
  ///
  /// This is temporal activation regularisation.
  ///
  /// - Source: Merity et al. 2017.
  public var changePenalty: Tensor? {
    let offsets = raw.offsets
    let before = zip(offsets, offsets.dropFirst()).flatMap { start, end in
      (start..<max(start, end - 1)).map { Int32($0) }
    }
    guard !before.isEmpty else { return nil }
    let states = raw.values.converted(to: .float32)
    return (states.gathered(before.map { $0 + 1 }) - states.gathered(before)).square().mean()
  }
}
