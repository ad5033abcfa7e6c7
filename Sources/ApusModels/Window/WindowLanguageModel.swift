import ApusLayers
import ApusTensors

/// A causal language model of the few tokens before each: their embeddings end to end, a hidden layer
/// and a projection onto the vocabulary.
///
/// The projection's first columns belong to the hidden layer, the rest, with direct connections, to
/// the embeddings.
///
/// - Source: Bengio et al. 2003, §2, equation 1.
public struct WindowLanguageModel: Sendable {
  public let config: WindowConfig
  private let tokens: Embedding
  private let hidden, decoder: Linear
  private let dropout: Dropout

  /// The last tokens of some texts, a window for each.
  public struct Context: Sendable, Equatable {
    /// The windows one after the other, their last tokens last.
    public let ids: [Int32]

    public init(ids: [Int32]) { self.ids = ids }
  }

  public init(_ config: WindowConfig, in scope: Scope) {
    precondition(
      config.windowLength > 0,
      "WindowLanguageModel: expected a window of a token or more, got \(config)")
    self.config = config
    let even = Initializer.uniform(config.initializerRange)
    tokens = Embedding(
      count: config.vocabularySize, size: config.embeddingSize, even, in: scope / "encoder")
    hidden = Linear(config.inputSize, config.hiddenSize, even, in: scope / "hidden")
    decoder = Linear(config.featureSize, config.vocabularySize, even, in: scope / "decoder")
    dropout = Dropout(config.dropout, in: scope / "drop")
  }

  /// Runs over sequences that go on from their contexts; from the beginning of texts without.
  ///
  /// - Returns: What the projection takes for each token, and the contexts to go on from.
  /// - Shapes: ids [N] over B sequences → [N, F]
  public func callAsFunction(
    _ ids: Sequences, from context: Context? = nil, _ mode: Mode
  ) -> (features: Sequences, last: Context) {
    let (seen, last) = windows(ids, from: context ?? beginning(ids.count))
    let embedded = tokens(Tensor(seen)).reshaped([ids.elementCount, config.inputSize])
      .converted(to: mode.scalarType)
    let units = dropout(hidden(embedded, mode).tanh(), mode)
    let features =
      config.hasDirectConnections ? concatenated([units, embedded], axis: 1) : units
    return (ids.with(features), last)
  }

  /// What stands before texts: the token that ends one, again and again.
  private func beginning(_ count: Int) -> Context {
    let id = Int32(config.ends.first ?? 0)
    return Context(ids: Array(repeating: id, count: count * config.windowLength))
  }

  /// The window that ends with each token, and that with which each sequence ends.
  private func windows(_ ids: Sequences, from context: Context) -> ([Int32], last: Context) {
    let length = config.windowLength
    precondition(
      context.ids.count == ids.count * length,
      "WindowLanguageModel: expected \(ids.count) contexts, got \(context.ids.count / length)")
    var windows: [Int32] = []
    windows.reserveCapacity(ids.elementCount * length)
    var last: [Int32] = []
    ids.values.withElements(as: Int32.self) { tokens in
      for sequence in 0..<ids.count {
        let own = tokens[ids.offsets[sequence]..<ids.offsets[sequence + 1]]
        let all = Array(context.ids[sequence * length..<(sequence + 1) * length]) + own
        for end in 0..<own.count { windows += all[end + 1..<end + 1 + length] }
        last += all.suffix(length)
      }
    }
    return (windows, Context(ids: last))
  }

  /// The mean cross-entropy of the token after each, in nats.
  ///
  /// - Parameters:
  ///   - features: What the model gave for the tokens.
  ///   - targets: The token that follows each, Int32.
  ///   - mode: How the model runs.
  ///   - divisor: What the sum is divided by; by default the number of targets.
  /// - Returns: A scalar that gradients can be asked of.
  /// - Shapes: features [N, F], targets [N] → []
  public func loss(
    _ features: Tensor, targets: Tensor, _ mode: Mode, divisor: Float? = nil
  ) -> Tensor {
    linearCrossEntropy(
      features, decoder.weight.value, decoder.bias?.value, targets: targets, divisor: divisor,
      quantized: mode.precision.quantizesWeights)
  }

  /// The logits of the token after each, Float32.
  ///
  /// - Shapes: [N, F] → [N, V]
  public func logits(_ features: Tensor, _ mode: Mode) -> Tensor {
    decoder(features, mode).converted(to: .float32)
  }
}

extension WindowLanguageModel {
  /// Reads prompts and gives the logits of the token after each.
  ///
  /// - Shapes: ids [N] over B sequences of at least one token → [B, V]
  public func start(_ prompts: Sequences, _ mode: Mode) -> (logits: Tensor, context: Context) {
    withoutGradients {
      let (features, last) = self(prompts, mode)
      return (logits(features.lasts, mode), last)
    }
  }

  /// Appends a token to each sequence and gives the logits of the one after it.
  ///
  /// - Shapes: tokens [B] → [B, V]
  public func next(
    _ tokens: Tensor, extending context: inout Context, _ mode: Mode
  ) -> Tensor {
    withoutGradients {
      let ids = Sequences(tokens, lengths: Array(repeating: 1, count: tokens.count))
      let (features, last) = self(ids, from: context, mode)
      context = last
      return logits(features.values, mode)
    }
  }
}

extension WindowLanguageModel.Context {
  /// The contexts of some of the texts, in the given order.
  func selecting(_ texts: [Int], windowLength: Int) -> Self {
    Self(ids: texts.flatMap { ids[$0 * windowLength..<($0 + 1) * windowLength] })
  }
}
