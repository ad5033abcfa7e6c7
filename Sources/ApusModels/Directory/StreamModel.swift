import ApusLayers
import ApusTensors

/// A language model that reads a text as one stream, from a state to the next.
public protocol StreamModel: Sendable {
  /// What the model keeps of what it has read.
  associatedtype State: Sendable

  /// The number of token ids.
  var vocabularySize: Int { get }

  /// Reads tokens without gradients, from the beginning of a text if there is no state.
  ///
  /// - Shapes: ids [N] over B sequences → what the projection onto the vocabulary takes: [N, C]
  func read(_ ids: Sequences, from state: State?, _ mode: Mode) -> (features: Tensor, state: State)

  /// The cross-entropy of the token after each, in nats: the sum over all, divided.
  func loss(_ features: Tensor, targets: Tensor, _ mode: Mode, divisor: Float?) -> Tensor

  /// The logits of the token after each: [N, C] → [N, V], Float32.
  func logits(_ features: Tensor, _ mode: Mode) -> Tensor
}

extension RecurrentLanguageModel: StreamModel {
  public var vocabularySize: Int { config.vocabularySize }

  public func read(
    _ ids: Sequences, from state: [RecurrentState]?, _ mode: Mode
  ) -> (features: Tensor, state: [RecurrentState]) {
    withoutGradients {
      let outputs = self(ids, from: state, mode)
      return (outputs.raw.values, outputs.states)
    }
  }
}

extension WindowLanguageModel: StreamModel {
  public var vocabularySize: Int { config.vocabularySize }

  public func read(
    _ ids: Sequences, from context: Context?, _ mode: Mode
  ) -> (features: Tensor, state: Context) {
    withoutGradients {
      let (features, last) = self(ids, from: context, mode)
      return (features.values, last)
    }
  }
}
