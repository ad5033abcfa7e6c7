import ApusLayers
import ApusTensors

/// What decides on the tokens after some inputs.
struct DecodedInputs: Sendable {
  /// What is projected onto the vocabulary: [N, C].
  let outputs: Tensor
  /// Of the elements of its source for each input, where they were asked for or are copied: a matrix
  /// with a row an input for each sequence, one after the other, Float32.
  var weights: Tensor?
  /// The logarithm of the odds that a token is written and not copied, where the network copies: [N].
  var gates: Tensor?
}

/// An encoder and a decoder between embeddings and the projection onto the vocabulary.
///
/// - Shapes: sources [M, E], inputs [N, E] → [N, C] over B pairs of sequences.
protocol TranslationNetwork: Layer {
  /// What the encoder leaves.
  associatedtype Memory: Sendable
  /// What decoding keeps of each sequence.
  associatedtype State: Sendable

  /// Whether the decoder is told the tokens before; if not, it gets the starting token every time.
  var seesTarget: Bool { get }

  /// Whether the decoder weights the elements of the source.
  var attends: Bool { get }

  /// Embedded tokens made ready: scaled, with positions.
  func prepared(_ embedded: Tensor, positions: Tensor) -> Tensor

  func encode(_ source: Sequences, _ mode: Mode) -> Memory

  /// What decides on the token after each of whole sequences, each seeing the source of its number.
  ///
  /// - Parameters:
  ///   - inputs: A row an input.
  ///   - memory: What the encoder left.
  ///   - observes: Whether weights are wanted, which networks without attention don't have.
  ///   - mode: How the network runs.
  /// - Returns: A row an input.
  func decode(
    _ inputs: Sequences, seeing memory: Memory, observing observes: Bool, _ mode: Mode
  ) -> DecodedInputs

  /// The state before the first token, a sequence for each source.
  func start(_ memory: Memory) -> State

  /// The number of tokens of each sequence so far.
  func position(of state: State) -> Int

  /// The source of each sequence.
  func sources(of state: State) -> [Int]

  /// Takes a token of each sequence.
  ///
  /// - Parameters:
  ///   - inputs: [B, E]
  ///   - state: Extended by them.
  ///   - observes: Whether weights are wanted.
  ///   - mode: How the network runs.
  /// - Returns: What decides on the next token of each sequence.
  func step(
    _ inputs: Tensor, _ state: inout State, observing observes: Bool, _ mode: Mode
  ) -> DecodedInputs

  /// The state of some of the sequences, in the given order.
  func select(_ sequences: [Int], _ state: State) -> State
}
