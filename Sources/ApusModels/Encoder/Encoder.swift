import ApusLayers
import ApusTensors

/// A model that gives a state for each token of a text: embeddings, then Transformer blocks.
public protocol Encoder: Layer {
  var transformer: TransformerConfig { get }
  var stack: TransformerStack { get }
  /// A summary of whole sequences, where the architecture has one.
  var pooler: Pooler? { get }

  /// What enters the first block.
  ///
  /// - Shapes: ids [N] over B sequences of at most `contextLength`, segments [N] → [N, C]
  func embedded(_ ids: Sequences, segments: Tensor?, _ mode: Mode) -> Sequences
}

extension Encoder {
  /// The state of each token.
  ///
  /// - Parameters:
  ///   - ids: Token ids, Int32.
  ///   - segments: The segment of each token, Int32; nil if all are in the first.
  ///   - layer: The number of blocks that have run, 0 for the embeddings; nil for all of them with
  ///     the norm after the last, if there is one.
  ///   - mode: How the model runs.
  /// - Returns: States in the type that products of the mode take.
  /// - Shapes: ids [N] over B sequences of at most `contextLength` → [N, C]
  public func callAsFunction(
    _ ids: Sequences, segments: Tensor? = nil, after layer: Int? = nil, _ mode: Mode
  ) -> Sequences {
    stack(embedded(ids, segments: segments, mode), after: layer, mode)
  }

  /// The states of `callAsFunction` after every number of blocks, from none to all.
  public func hiddenStates(
    _ ids: Sequences, segments: Tensor? = nil, _ mode: Mode
  ) -> [Sequences] {
    stack.hiddenStates(embedded(ids, segments: segments, mode), mode)
  }
}

/// A summary of each sequence from the state of its first token.
///
/// - Shapes: [N, C] over B sequences → [B, C]
/// - Source: Devlin et al. 2019.
public struct Pooler: Layer {
  let dense: Linear

  init(_ size: Int, _ initializer: Initializer, in scope: Scope) {
    dense = Linear(size, size, initializer, in: scope)
  }

  public func callAsFunction(_ states: Sequences) -> Tensor { dense(states.firsts).tanh() }
}
