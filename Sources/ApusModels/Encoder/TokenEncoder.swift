import ApusLayers
import ApusTensors

/// Gives the tokens of texts a state each: what heads stand on, whatever is underneath.
public protocol TokenEncoder: Layer {
  /// The values of a token's state.
  var outputSize: Int { get }
  /// The most tokens of a sequence; nil for any number.
  var contextLength: Int? { get }
  /// A summary of whole sequences that was trained with the encoder, where there is one.
  var pooler: Pooler? { get }

  /// The state of each token, in the type that products of the mode take.
  ///
  /// - Parameters:
  ///   - ids: Token ids, Int32.
  ///   - segments: The segment of each token, Int32; encoders without segments pass over them.
  ///   - mode: How the model runs.
  /// - Returns: A state for each id.
  /// - Shapes: ids [N] over B sequences, segments [N] → [N, outputSize]
  func states(_ ids: Sequences, segments: Tensor?, _ mode: Mode) -> Sequences
}

extension TokenEncoder {
  public var contextLength: Int? { nil }
  public var pooler: Pooler? { nil }
}

/// A Transformer as an encoder of tokens.
public struct TransformerTokenEncoder: TokenEncoder {
  public let encoder: any Encoder

  public init(_ encoder: any Encoder) { self.encoder = encoder }

  public var outputSize: Int { encoder.transformer.hiddenSize }
  public var contextLength: Int? { encoder.transformer.contextLength }
  public var pooler: Pooler? { encoder.pooler }

  public func states(_ ids: Sequences, segments: Tensor?, _ mode: Mode) -> Sequences {
    encoder(ids, segments: segments, mode)
  }
}
