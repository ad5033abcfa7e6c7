import ApusLayers
import ApusTensors

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
  func decode(_ inputs: Sequences, seeing memory: Memory, _ mode: Mode) -> Tensor

  /// The weights that the decoder gives the source, a matrix for each sequence: a row an input, a
  /// column a source element; nil without attention.
  func weights(_ inputs: Sequences, seeing memory: Memory, _ mode: Mode) -> [Tensor]?

  /// The state before the first token, a sequence for each source.
  func start(_ memory: Memory) -> State

  /// The number of tokens of each sequence so far.
  func position(of state: State) -> Int

  /// Takes a token of each sequence.
  ///
  /// - Parameters:
  ///   - inputs: [B, E]
  ///   - state: Extended by them.
  ///   - observes: Whether weights are wanted.
  ///   - mode: How the network runs.
  /// - Returns: What decides on the next token [B, C], and the weights of each sequence.
  func step(
    _ inputs: Tensor, _ state: inout State, observing observes: Bool, _ mode: Mode
  ) -> (outputs: Tensor, weights: [Tensor]?)

  /// The state of some of the sequences, in the given order.
  func select(_ sequences: [Int], _ state: State) -> State
}
