import ApusLayers
import ApusTensors

/// Tags the words of sentences: vectors of words and their spellings, an LSTM in both directions, and
/// a conditional random field.
///
/// - Source: Lample et al. 2016; with dropout behind the LSTM too, Ma & Hovy 2016.
public struct RecurrentTagger: Layer {
  public let config: TaggerConfig
  private let words: WordEncoder
  private let network: RecurrentNetwork
  private let inputDropout, outputDropout: Dropout
  private let head: TaggingHead

  public init(_ config: TaggerConfig, in scope: Scope) {
    self.config = config
    words = WordEncoder(config, in: scope / "embeddings")
    network = RecurrentNetwork(
      RecurrentOptions(
        .lstm, inputSize: words.size, size: config.hiddenSize, layerCount: config.layerCount,
        isBidirectional: true, dropout: config.dropout),
      in: scope / "rnn")
    inputDropout = Dropout(config.dropout, in: scope / "drop" / "input")
    outputDropout = Dropout(config.dropout, in: scope / "drop" / "output")
    let (tags, scheme) = (config.tags, config.scheme)
    head = TaggingHead(
      inputSize: network.options.outputSize, labelCount: tags.count, hasChain: config.hasChain,
      in: scope / "classifier"
    ) { former, latter in
      scheme?.allows(latter.map { tags[$0] }, after: former.map { tags[$0] }) ?? true
    }
  }

  /// The negative log-likelihood of the labels of all sentences, in nats.
  ///
  /// - Parameters:
  ///   - batch: The words.
  ///   - labels: The number of each word's tag, Int32, which must keep the rules of the scheme.
  ///   - mode: How the model runs.
  /// - Returns: A scalar that gradients can be asked of.
  /// - Shapes: N words over B sentences, labels [N] → []
  public func loss(_ batch: SpelledWords, labels: Tensor, _ mode: Mode) -> Tensor {
    head.loss(states(batch, mode), labels: labels, mode)
  }

  /// The most probable tags of each sentence.
  public func tags(_ batch: SpelledWords, _ mode: Mode) -> [[String]] {
    let labels = head.labels(states(batch, mode), mode)
    let offsets = batch.words.offsets
    return zip(offsets, offsets.dropFirst()).map { labels[$0..<$1].map { config.tags[$0] } }
  }

  private func states(_ batch: SpelledWords, _ mode: Mode) -> Sequences {
    let vectors = words(batch, mode).map { inputDropout($0, mode) }
    return network(vectors, mode).outputs.map { outputDropout($0, mode) }
  }
}
