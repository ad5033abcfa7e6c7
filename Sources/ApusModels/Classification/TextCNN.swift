import ApusLayers
import ApusTensors

/// A classifier of texts: convolutions of a few words each over the whole text, of which the greatest
/// value of each channel counts.
///
/// - Shapes: ids [N] over B sequences → features [B, featureCount] → logits [B, labels]
/// - Source: Kim 2014.
public struct TextCNN: Layer {
  public let config: TextCNNConfig
  let embedding: Embedding
  let embeddingDropout: Dropout
  let convolutions: [Convolution]
  let dropout: Dropout
  let classifier: Linear

  public init(_ config: TextCNNConfig, in scope: Scope) {
    self.config = config
    embedding = Embedding(
      count: config.vocabularySize, size: config.embeddingSize, .uniform(0.25),
      in: scope / "embedding")
    embeddingDropout = Dropout(config.embeddingDropout, in: scope / "embedding")
    convolutions = config.kernelSizes.enumerated().map { index, size in
      // Windows reach beyond the ends as far as they touch a word, so that short texts have some.
      Convolution(
        config.embeddingSize, config.channelCount, over: Window(size, padding: size - 1),
        in: scope / "convolutions" / index)
    }
    dropout = Dropout(config.dropout, in: scope / "classifier")
    classifier = Linear(config.featureCount, config.labels.count, in: scope / "classifier")
  }

  /// What the convolutions found in each text; all zeros for one without words.
  ///
  /// - Shapes: ids [N] over B sequences → [B, featureCount], Float32
  public func features(_ ids: Sequences, _ mode: Mode) -> Tensor {
    let words = ids.map {
      embeddingDropout(embedding($0).converted(to: mode.scalarType), mode)
    }
    // The greatest of the rectified values is the greatest value rectified.
    let maxima = convolutions.map { $0(words).maxima }
    return concatenated(maxima, axis: 1).relu().converted(to: .float32)
  }

  /// The logits of the labels.
  ///
  /// - Shapes: ids [N] over B sequences → [B, labels], Float32
  public func callAsFunction(_ ids: Sequences, _ mode: Mode) -> Tensor {
    classifier(dropout(features(ids, mode), mode))
  }
}
