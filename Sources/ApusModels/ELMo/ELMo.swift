import ApusLayers
import ApusTensors

/// Vectors for words in their sentences: a character encoder, and recurrent layers that predict the
/// next word from the left and the one before from the right.
///
/// A run starts from nothing unless it is given the states of what came before, so that a sentence
/// has the same vectors whenever it is read.
///
/// The weights of the published models are HDF5 files, which are not read. Their layout, for who
/// converts them:
///
/// | theirs | here |
/// | --- | --- |
/// | `char_embed` [261, 16] | `words.characters.weight` |
/// | `CNN/W_cnn_i` [1, width, 16, count], `b_cnn_i` | `words.convolutions.i.weight` [count, 16, width], `.bias` |
/// | `CNN_high_i/W_carry` [in, out], `b_carry` | `words.highways.i.carry.weight` [out, in], `.bias` |
/// | `CNN_high_i/W_transform`, `b_transform` | `words.highways.i.transform.weight`, `.bias` |
/// | `CNN_proj/W_proj` [2048, 512], `b_proj` | `words.projection.weight` [512, 2048], `.bias` |
/// | `RNN_d/RNN/MultiRNNCell/Celll/LSTMCell/W_0` [inputs and states, 4 · 4096], `B` | `rnn.weight_ih_ll`, `weight_hh_ll`, `bias_ih_ll`, with `_reverse` for d = 1 |
/// | `…/LSTMCell/W_P_0` [4096, 512] | `rnn.weight_hr_ll` [512, 4096] |
///
/// Their gates stand in the order input, new, forget, output, and 1 is added to the bias of the forget
/// gate when it is used; here the order is input, forget, new, output, and nothing is added. They hold
/// projected states within ±3 as they do memory, which this model does not.
///
/// - Shapes: words [N] over B sequences → a [N, 2 · projectedSize] for each layer
/// - Source: Peters et al. 2018.
public struct ELMo: Layer {
  public let config: ELMoConfig
  let words: CharacterCNN
  let forward, backward: [RecurrentLayer]
  let dropouts: [Dropout]
  let head: Linear

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
    head = Linear(
      config.projectedSize, config.vocabularySize,
      .normal(standardDeviation: 1 / Float(config.projectedSize).squareRoot()),
      in: scope / "decoder")
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
    let spelt = batch.numbers.map { words(batch.characters, mode).gathered($0) }
    let left = run(forward, spelt, from: states?.forward, dropouts.prefix(forward.count + 1), mode)
    let right = run(
      backward, spelt, from: states?.backward, dropouts.suffix(backward.count + 1), mode)
    let layers = zip(left.layers, right.layers).map { left, right in
      left.with(concatenated([left.values, right.values], axis: 1))
    }
    return (layers, States(forward: left.states, backward: right.states))
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

  /// The mean of both directions' losses, in nats a word.
  ///
  /// - Parameters:
  ///   - batch: Words, the marks of each sentence's begin and end among them.
  ///   - targets: The word of the vocabulary that each is, Int32.
  ///   - mode: How the model runs.
  ///   - divisor: The targets of one direction that the sums are divided by; by default those of the
  ///     batch.
  /// - Returns: A scalar.
  /// - Shapes: targets [N], sequences of two words at least
  public func loss(
    _ batch: Words, targets: Tensor, _ mode: Mode, divisor: Float? = nil
  ) -> Tensor {
    let numbers = batch.numbers
    precondition(
      numbers.lengths.allSatisfy { $0 > 1 }, "ELMo.loss: expected sequences of two words at least")
    let (layers, _) = self(batch, mode)
    let last = layers[layers.count - 1].values
    let size = config.projectedSize
    let ranges = zip(numbers.offsets, numbers.offsets.dropFirst())
    let allButLast = Tensor(ranges.flatMap { ($0..<$1 - 1).map(Int32.init) })
    let allButFirst = Tensor(ranges.flatMap { ($0 + 1..<$1).map(Int32.init) })
    func loss(_ states: Tensor, at rows: Tensor, of others: Tensor, _ dropout: Dropout) -> Tensor {
      linearCrossEntropy(
        dropout(states.gathered(rows), mode), head.weight.value, head.bias?.value,
        targets: targets.gathered(others), divisor: divisor,
        quantized: mode.precision.quantizesWeights)
    }
    let next = loss(
      last.columns(0..<size), at: allButLast, of: allButFirst, dropouts[config.layerCount])
    let former = loss(
      last.columns(size..<2 * size), at: allButFirst, of: allButLast,
      dropouts[2 * config.layerCount + 1])
    return (next + former) * 0.5
  }
}
