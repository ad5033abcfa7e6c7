import ApusLayers
import ApusTensors
import ApusText

/// Gives the tokens of texts a state each: what heads stand on, whatever is underneath.
public protocol TokenEncoder: Layer {
  /// The values of a token's state.
  var outputSize: Int { get }
  /// The most tokens of a sequence; nil for any number.
  var contextLength: Int? { get }
  /// A summary of whole sequences that was trained with the encoder, where there is one.
  var pooler: Pooler? { get }

  /// What enters the layers that look across tokens.
  ///
  /// - Parameters:
  ///   - ids: Token ids, Int32.
  ///   - segments: The segment of each token, Int32; encoders without segments pass over them.
  ///   - mode: How the model runs.
  /// - Returns: A vector for each id.
  /// - Shapes: ids [N] over B sequences, segments [N] → [N, C]
  func embedded(_ ids: Sequences, segments: Tensor?, _ mode: Mode) -> Sequences

  /// The state of each token, in the type that products of the mode take.
  ///
  /// - Shapes: what `embedded` gave, [N, C] over B sequences → [N, outputSize]
  func states(embedded: Sequences, _ mode: Mode) -> Sequences

  /// What enters for as many tokens that say nothing: vectors of zeros, if an encoder has no better.
  ///
  /// - Shapes: as those of `embedded`
  func blank(
    _ ids: Sequences, segments: Tensor?, _ tokens: BlankTokens, _ mode: Mode
  ) -> Sequences
}

extension TokenEncoder {
  public var contextLength: Int? { nil }
  public var pooler: Pooler? { nil }

  /// The state of each token, in the type that products of the mode take.
  ///
  /// - Shapes: ids [N] over B sequences, segments [N] → [N, outputSize]
  public func states(_ ids: Sequences, segments: Tensor?, _ mode: Mode) -> Sequences {
    states(embedded: embedded(ids, segments: segments, mode), mode)
  }

  public func blank(
    _ ids: Sequences, segments: Tensor?, _ tokens: BlankTokens, _ mode: Mode
  ) -> Sequences {
    let numbers = ids.values.elements(as: Int32.self)
    return embedded(ids, segments: segments, mode).map { rows in
      rows.clearingRows { !tokens.special.contains(numbers[$0]) }
    }
  }
}

/// A Transformer as an encoder of tokens.
public struct TransformerTokenEncoder: TokenEncoder {
  public let encoder: any Encoder

  public init(_ encoder: any Encoder) { self.encoder = encoder }

  public var outputSize: Int { encoder.transformer.hiddenSize }
  public var contextLength: Int? { encoder.transformer.contextLength }
  public var pooler: Pooler? { encoder.pooler }

  public func embedded(_ ids: Sequences, segments: Tensor?, _ mode: Mode) -> Sequences {
    encoder.embedded(ids, segments: segments, mode)
  }

  public func states(embedded: Sequences, _ mode: Mode) -> Sequences {
    encoder.stack(embedded, mode)
  }

  public func blank(
    _ ids: Sequences, segments: Tensor?, _ tokens: BlankTokens, _ mode: Mode
  ) -> Sequences {
    let blank = ids.values.elements(as: Int32.self).map {
      tokens.special.contains($0) ? $0 : tokens.replacement
    }
    return embedded(ids.with(Tensor(blank)), segments: segments, mode)
  }
}
