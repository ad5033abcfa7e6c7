import ApusLayers
import ApusTensors

/// A Transformer that gives each text one vector.
///
/// - Shapes: ids [N] over B texts → [B, outputSize], Float32
/// - Source: Reimers & Gurevych 2019.
public struct SentenceEncoder: Layer {
  public let encoder: any Encoder
  public let head: SentenceHead

  /// Creates the Transformer in `transformer` and the layers behind it in `head`.
  public init(_ config: LanguageModelConfig, _ head: SentenceHead, in scope: Scope) {
    encoder = config.encoder(in: scope / Self.encoderScope, hasPooler: false)
    self.head = head.copy(in: scope / Self.headScope)
  }

  public func callAsFunction(_ ids: Sequences, _ mode: Mode) -> Tensor { head(encoder(ids, mode)) }

  static let encoderScope = "transformer"
  static let headScope = "head"

  /// The weights of a pretrained network under the names that they have in this model; those of its
  /// pooler are left out.
  public static func start(
    from network: PretrainedNetwork, _ head: SentenceHead
  ) -> StartingPoint {
    let weights =
      network.weights.map { ("\(encoderScope).\($0.name)", $0.value) }
      + head.namedValues.map { ("\(headScope).\($0.name)", $0.value) }
    return StartingPoint(
      values: Dictionary(uniqueKeysWithValues: weights), encoder: "\(encoderScope).")
  }
}
