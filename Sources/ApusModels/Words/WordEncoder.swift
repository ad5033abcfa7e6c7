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

  /// The number of parts in which sentences enter.
  var partCount: Int { get }

  /// What enters the layers that look across words: vectors of words, marks or tokens, in one part or
  /// more.
  ///
  /// - Shapes: B sentences → [N, C] for each part, over the sentences or windows of them
  func embedded(_ sentences: [SpelledSentence], _ mode: Mode) -> [Sequences]

  /// The state of each word, in the type that products of the mode take.
  ///
  /// - Shapes: what `embedded` gave for B sentences of N words → [N, outputSize]
  func states(embedded parts: [Sequences], of sentences: [SpelledSentence], _ mode: Mode)
    -> Sequences

  /// What would enter if nothing were known of the words; as many parts as `embedded` gives.
  func blanks(_ sentences: [SpelledSentence], _ mode: Mode) -> [BlankPart]
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

  public var partCount: Int { encoders.reduce(0) { $0 + $1.partCount } }

  public func embedded(_ sentences: [SpelledSentence], _ mode: Mode) -> [Sequences] {
    encoders.flatMap { $0.embedded(sentences, mode) }
  }

  public func blanks(_ sentences: [SpelledSentence], _ mode: Mode) -> [BlankPart] {
    encoders.flatMap { $0.blanks(sentences, mode) }
  }

  public func states(
    embedded parts: [Sequences], of sentences: [SpelledSentence], _ mode: Mode
  ) -> Sequences {
    var rest = parts[...]
    let states = encoders.map { encoder in
      defer { rest = rest.dropFirst(encoder.partCount) }
      return encoder.states(
        embedded: Array(rest.prefix(encoder.partCount)), of: sentences, mode)
    }
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

  public var partCount: Int { words.partCount }

  public func embedded(_ sentences: [SpelledSentence], _ mode: Mode) -> [Sequences] {
    words.embedded(sentences, mode)
  }

  public func blanks(_ sentences: [SpelledSentence], _ mode: Mode) -> [BlankPart] {
    words.blanks(sentences, mode)
  }

  public func states(
    embedded parts: [Sequences], of sentences: [SpelledSentence], _ mode: Mode
  ) -> Sequences {
    let states = words.states(embedded: parts, of: sentences, mode)
    return network(states.map { dropout($0, mode) }, mode).outputs
  }
}

extension WordEncoder {
  public var partCount: Int { 1 }

  /// The state of each word, in the type that products of the mode take.
  ///
  /// - Shapes: N words over B sentences → [N, outputSize]
  public func callAsFunction(_ sentences: [SpelledSentence], _ mode: Mode) -> Sequences {
    states(embedded: embedded(sentences, mode), of: sentences, mode)
  }

  /// A sentence as the encoder takes it.
  public func sentence(_ words: [String]) -> SpelledSentence {
    var sentence = SpelledSentence(count: words.count)
    read(words, into: &sentence)
    return sentence
  }
}
