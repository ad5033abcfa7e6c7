import ApusLayers
import ApusTensors

/// How the states of a text's words become one vector.
public enum RecurrentPooling: String, Sendable, Hashable, CaseIterable {
  /// The greatest value of each channel; 0 for a text without words.
  case max
  /// The mean of all states; zeros for a text without words.
  case mean
  /// The last state of each direction; zeros for a text without words.
  case last
  /// The mean of all states, weighted by what a learnt vector makes of each.
  case attention
}

/// Encodes texts: LSTMs or GRUs in both directions over the words, whose states are pooled.
///
/// - Shapes: ids [N] over B sequences → [B, 2 · size]
public struct RecurrentTextEncoder: TextEncoder {
  private let words: EmbeddedWords
  private let network: RecurrentNetwork
  private let pooling: Pooling

  private enum Pooling {
    case max, mean, last
    case attention(AttentionPooling)
  }

  init(
    _ config: ClassifierConfig, _ cell: RecurrentCell, size: Int, layerCount: Int,
    pooling: RecurrentPooling, in scope: Scope
  ) {
    words = EmbeddedWords(config, in: scope / "embedding")
    network = RecurrentNetwork(
      RecurrentOptions(
        cell, inputSize: config.embeddingSize, size: size, layerCount: layerCount,
        isBidirectional: true, dropout: config.dropout),
      in: scope / "rnn")
    self.pooling =
      switch pooling {
      case .max: .max
      case .mean: .mean
      case .last: .last
      case .attention: .attention(AttentionPooling(2 * size, in: scope / "attention"))
      }
  }

  public var outputSize: Int { network.options.outputSize }

  public func embedded(_ ids: Sequences, segments: Tensor?, _ mode: Mode) -> Sequences {
    words(ids, mode)
  }

  public func callAsFunction(embedded words: Sequences, _ mode: Mode) -> Tensor {
    let (states, last) = network(words, mode)
    return switch pooling {
    case .max: states.maxima.converted(to: .float32)
    case .mean: states.means
    case .last: concatenated(last.suffix(2).map(\.hidden), axis: 1).converted(to: .float32)
    case .attention(let pooling): pooling(states)
    }
  }

  public func states(embedded words: Sequences, _ mode: Mode) -> Sequences {
    network(words, mode).outputs
  }
}
