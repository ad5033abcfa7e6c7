import ApusLayers
import ApusTensors

/// Tells the classes of texts: an encoder of texts, dropout, and a linear map onto the labels.
///
/// - Shapes: ids [N] over B sequences → features [B, featureCount] → logits [B, labels]
public struct SequenceClassifier: StoredModel {
  public let config: ClassifierConfig
  /// The map onto the labels, a row each.
  public let classifier: Linear
  private let encoder: any TextEncoder
  private let dropout: Dropout

  public init(_ config: ClassifierConfig, in scope: Scope) {
    self.config = config
    encoder = config.encoder(in: scope)
    dropout = Dropout(config.dropout, in: scope / Self.headScope)
    classifier = Linear(encoder.outputSize, config.labels.count, in: scope / Self.headScope)
  }

  /// What the encoder found in each text.
  ///
  /// - Shapes: ids [N] over B sequences → [B, featureCount], Float32
  public func features(_ ids: Sequences, _ mode: Mode) -> Tensor { encoder(ids, mode) }

  /// What the words of a text have to do with a label's logit, from vectors of zeros as words.
  ///
  /// - Parameters:
  ///   - ids: One text of at least one word.
  ///   - label: The number of the label.
  ///   - stepCount: As that of `integratedGradients`.
  /// - Returns: A score for each id.
  public func attribution(of ids: [Int32], to label: Int, stepCount: Int = 64) -> Attribution {
    let mode = Mode.evaluation()
    let chosen = Tensor(config.labels.indices.map { $0 == label ? Float(1) : 0 })
    let words = withoutGradients { encoder.embedded(Sequences(ids: [ids]), mode).values }
    return integratedGradients(of: words, from: .zeros(words.shape), stepCount: stepCount) {
      (classifier(encoder(embedded: $0, mode)) * chosen).sum(axis: 1)
    }
  }

  /// The logits of the labels.
  ///
  /// - Shapes: ids [N] over B sequences → [B, labels], Float32
  public func callAsFunction(_ ids: Sequences, _ mode: Mode) -> Tensor {
    classifier(dropout(features(ids, mode), mode))
  }
}

extension SequenceClassifier {
  /// Where the weights of the map onto the labels are.
  static let headScope = "classifier"
  /// The name of the table of words' vectors.
  public static let embeddingName = "embedding.weight"
}

extension ClassifierConfig {
  /// Builds what makes vectors of texts, and states of their words.
  func encoder(in scope: Scope) -> any TextEncoder & TokenEncoder {
    switch network {
    case .convolutions(let kernelSizes, let channelCount):
      TextCNN(self, kernelSizes: kernelSizes, channelCount: channelCount, in: scope)
    case .recurrent(let size, let layerCount, let pooling):
      RecurrentTextEncoder(
        self, size: size, layerCount: layerCount, pooling: pooling, in: scope)
    }
  }
}
