import ApusLayers
import ApusTensors

/// Gives the words of sentences a state each: what heads for words stand on, whatever is underneath.
///
/// Words come as they were cut; what an encoder makes of each (a number, characters, pieces) is read
/// once, and goes through the network as often as need be.
public protocol WordEncoder: Layer {
  /// The values of a word's state.
  var outputSize: Int { get }

  /// Adds what the encoder needs to know of a sentence's words.
  func read(_ words: [String], into sentence: inout SpelledSentence)

  /// The state of each word, in the type that products of the mode take.
  ///
  /// - Shapes: N words over B sentences → [N, outputSize]
  func callAsFunction(_ sentences: [SpelledSentence], _ mode: Mode) -> Sequences
}

/// The states of several encoders, one behind the other.
public struct JoinedWordEncoder: WordEncoder {
  private let encoders: [any WordEncoder]

  public init(_ encoders: [any WordEncoder]) {
    precondition(!encoders.isEmpty, "JoinedWordEncoder: expected an encoder, got none")
    self.encoders = encoders
  }

  public var outputSize: Int { encoders.reduce(0) { $0 + $1.outputSize } }

  public func read(_ words: [String], into sentence: inout SpelledSentence) {
    for encoder in encoders { encoder.read(words, into: &sentence) }
  }

  public func callAsFunction(_ sentences: [SpelledSentence], _ mode: Mode) -> Sequences {
    let states = encoders.map { $0(sentences, mode) }
    return states[0].with(concatenated(states.map(\.values), axis: 1))
  }
}

/// LSTMs in both directions over the states of another encoder.
public struct RecurrentWordEncoder: WordEncoder {
  private let words: any WordEncoder
  private let network: RecurrentNetwork
  private let dropout: Dropout

  /// - Parameters:
  ///   - words: What gives the words the states that the LSTMs see.
  ///   - size: Units of each layer, in each direction.
  ///   - layerCount: The number of layers.
  ///   - dropout: The share of values that are dropped before each layer.
  ///   - scope: Where the layers are created.
  public init(
    over words: any WordEncoder, size: Int, layerCount: Int, dropout: Float, in scope: Scope
  ) {
    self.words = words
    network = RecurrentNetwork(
      RecurrentOptions(
        .lstm, inputSize: words.outputSize, size: size, layerCount: layerCount,
        isBidirectional: true, dropout: dropout),
      in: scope / "rnn")
    self.dropout = Dropout(dropout, in: scope / "drop" / "input")
  }

  public var outputSize: Int { network.options.outputSize }

  public func read(_ words: [String], into sentence: inout SpelledSentence) {
    self.words.read(words, into: &sentence)
  }

  public func callAsFunction(_ sentences: [SpelledSentence], _ mode: Mode) -> Sequences {
    network(words(sentences, mode).map { dropout($0, mode) }, mode).outputs
  }
}

extension WordEncoder {
  /// A sentence as the encoder takes it.
  public func sentence(_ words: [String]) -> SpelledSentence {
    var sentence = SpelledSentence(count: words.count)
    read(words, into: &sentence)
    return sentence
  }
}
