import ApusLayers
import ApusTensors

/// A causal language model: recurrent layers over embedded tokens.
///
/// Parameters have the names of PyTorch's own example: `encoder.weight`, `rnn.weight_ih_l0` and so on,
/// `decoder.weight`, `decoder.bias`.
///
/// - Source: Mikolov et al. 2010; with dropout between layers alone, Zaremba et al. 2014.
public struct RecurrentLanguageModel: Sendable {
  public let network: RecurrentNetwork
  private let tokens: Embedding
  private let inputDropout, outputDropout: Dropout
  private let head: Linear

  /// - Parameters:
  ///   - options: The recurrent layers; their input size is that of embeddings, and their dropout
  ///     is that of embeddings and outputs too.
  ///   - vocabularySize: The number of tokens.
  ///   - scope: Where the parameters are created.
  public init(_ options: RecurrentOptions, vocabularySize: Int, in scope: Scope) {
    precondition(
      !options.isBidirectional, "RecurrentLanguageModel: expected one direction, got two")
    let even = Initializer.uniform(0.1)
    tokens = Embedding(
      count: vocabularySize, size: options.inputSize, even, in: scope / "encoder")
    network = RecurrentNetwork(options, in: scope / "rnn")
    inputDropout = Dropout(options.dropout, in: scope / "drop" / "input")
    outputDropout = Dropout(options.dropout, in: scope / "drop" / "output")
    head = Linear(options.outputSize, vocabularySize, even, in: scope / "decoder")
  }

  /// The mean cross-entropy of the token after each, in nats.
  ///
  /// - Parameters:
  ///   - ids: Token ids, Int32.
  ///   - targets: The token that follows each of `ids`, Int32.
  ///   - states: What was known of the sequences before; nothing if it is left out.
  ///   - mode: How the model runs.
  /// - Returns: A scalar that gradients can be asked of, and the states to go on from.
  /// - Shapes: ids [N] over B sequences, targets [N] → []
  public func loss(
    _ ids: Sequences, targets: Tensor, from states: [RecurrentState]? = nil, _ mode: Mode
  ) -> (loss: Tensor, states: [RecurrentState]) {
    let embedded = ids.map { inputDropout(tokens($0), mode) }
    let (outputs, states) = network(embedded, from: states, mode)
    let loss = linearCrossEntropy(
      outputDropout(outputs.values, mode), head.weight.value, head.bias?.value, targets: targets,
      quantized: mode.precision.quantizesWeights)
    return (loss, states)
  }
}
