import ApusLayers
import ApusTensors

/// Vectors for words in their sentences: a character encoder, and recurrent layers that predict the
/// next word from the left and the one before from the right.
///
/// A run starts from nothing unless it is given the states of what came before, so that a sentence
/// has the same vectors whenever it is read.
///
/// The published models are read too; see `encoder(of:)`.
///
/// - Shapes: words [N] over B sequences → a [N, 2 · projectedSize] for each layer
/// - Source: Peters et al. 2018.
public struct ELMo: StoredModel {
  public let config: ELMoConfig
  let words: CharacterCNN
  let forward, backward: [RecurrentLayer]
  let dropouts: [Dropout]

  /// Words of a batch: each distinct one is spelt once.
  public struct Words: Sendable {
    /// The characters of each distinct word.
    public var characters: Sequences
    /// The number of each word amongst the distinct ones, [N] over B sequences.
    public var numbers: Sequences

    public init(characters: Sequences, numbers: Sequences) {
      self.characters = characters
      self.numbers = numbers
    }

    /// Words of sentences, between the marks of their begins and ends.
    public init(_ sentences: [[[Int32]]], _ spelling: WordCharacters) {
      var distinct = DistinctSequences()
      let numbers = sentences.map { words in
        ([spelling.beginOfSentence] + words + [spelling.endOfSentence])
          .map { distinct.number(of: $0) }
      }
      self.init(
        characters: Sequences(ids: distinct.sequences), numbers: Sequences(ids: numbers))
    }

    /// The rows of words alone, of rows of words and marks.
    public static func withoutMarks(_ rows: Sequences) -> Sequences {
      let ranges = zip(rows.offsets, rows.offsets.dropFirst()).map { $0 + 1..<$1 - 1 }
      return Sequences(
        rows.values.gathered(ranges.joined().map(Int32.init)), lengths: ranges.map(\.count))
    }
  }

  /// What each layer has seen, of the forward and the backward direction; what `session` carries.
  public struct States: Sendable {
    public var forward, backward: [RecurrentState]
  }

  public init(_ config: ELMoConfig, in scope: Scope) {
    self.config = config
    words = CharacterCNN(config.characters, in: scope / "words")
    let rnn = scope / "rnn"
    func layers(isReversed: Bool) -> [RecurrentLayer] {
      (0..<config.layerCount).map {
        RecurrentLayer(
          config.recurrent, number: $0, isReversed: isReversed,
          in: rnn)
      }
    }
    forward = layers(isReversed: false)
    backward = layers(isReversed: true)
    dropouts = (0..<2 * (config.layerCount + 1)).map {
      Dropout(config.dropout, in: scope / "drop" / $0)
    }
  }

  /// The layers of each word, its character vector twice as the first.
  ///
  /// - Parameters:
  ///   - batch: The words.
  ///   - states: Of as many sequences as the batch has, from the batch before; zeros without.
  ///   - mode: How the model runs.
  /// - Returns: As many layers as the scalar mix weights, and the states after each sequence.
  public func callAsFunction(
    _ batch: Words, from states: States? = nil, _ mode: Mode
  ) -> (layers: [Sequences], states: States) {
    self(embedded: embedded(batch, mode), from: states, mode)
  }

  /// The vector of each word's characters, which enters both directions.
  ///
  /// - Shapes: words [N] over B sequences → [N, projectedSize]
  func embedded(_ batch: Words, _ mode: Mode) -> Sequences {
    batch.numbers.map { words(batch.characters, mode).gathered($0) }
  }

  /// The same from vectors of words that are at hand.
  func callAsFunction(
    embedded spelt: Sequences, from states: States? = nil, _ mode: Mode
  ) -> (layers: [Sequences], states: States) {
    let left = run(forward, spelt, from: states?.forward, dropouts.prefix(forward.count + 1), mode)
    let right = run(
      backward, spelt, from: states?.backward, dropouts.suffix(backward.count + 1), mode)
    let layers = zip(left.layers, right.layers).map { left, right in
      left.with(concatenated([left.values, right.values], axis: 1))
    }
    return (layers, States(forward: left.states, backward: right.states))
  }

  /// What is dropped of the last layer before its projection, of each direction.
  var lastDropouts: (forward: Dropout, backward: Dropout) {
    (dropouts[forward.count], dropouts[2 * forward.count + 1])
  }

  /// The layers of one direction; from the second on each is added to what went in.
  private func run(
    _ layers: [RecurrentLayer], _ words: Sequences, from states: [RecurrentState]?,
    _ dropouts: ArraySlice<Dropout>, _ mode: Mode
  ) -> (layers: [Sequences], states: [RecurrentState]) {
    var results = [words]
    var last: [RecurrentState] = []
    for (index, layer) in layers.enumerated() {
      let input = results[index].map { dropouts[dropouts.startIndex + index]($0, mode) }
      let (output, state) = layer(input, from: states?[index], mode)
      results.append(index == 0 ? output : output.map { $0 + results[index].values })
      last.append(state)
    }
    return (results, last)
  }
}
