import ApusLayers
import ApusTensors

/// Gives each text a vector: what heads for whole texts stand on, whatever is underneath.
///
/// A text's vector has as many values as a token's state.
public protocol TextEncoder: TokenEncoder {
  /// The vector of each text of embedded words, that of one without words too.
  ///
  /// - Shapes: [N, C] over B sequences → [B, outputSize], Float32
  func callAsFunction(embedded words: Sequences, _ mode: Mode) -> Tensor
}

extension TextEncoder {
  /// The vector of each text, that of one without words too.
  ///
  /// - Shapes: ids [N] over B sequences → [B, outputSize], Float32
  public func callAsFunction(_ ids: Sequences, _ mode: Mode) -> Tensor {
    self(embedded: embedded(ids, segments: nil, mode), mode)
  }
}

/// Vectors of words as the first layer of a text encoder, some of whose values are dropped.
///
/// - Shapes: ids [N] → [N, embeddingSize], in the type that products of the mode take
struct EmbeddedWords: Layer {
  private let embedding: Embedding
  private let dropout: Dropout

  init(_ config: ClassifierConfig, in scope: Scope) {
    embedding = Embedding(
      count: config.vocabularySize, size: config.embeddingSize, .uniform(0.25), in: scope)
    dropout = Dropout(config.embeddingDropout, in: scope)
  }

  func callAsFunction(_ ids: Sequences, _ mode: Mode) -> Sequences {
    ids.map { dropout(embedding($0).converted(to: mode.scalarType), mode) }
  }
}
