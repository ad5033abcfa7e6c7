import ApusLayers
import ApusTensors

/// Tells the classes of texts: an encoder of texts, dropout, and a linear map onto the labels.
///
/// A text is the ids of its words in their order or, if the configuration says so, those of its terms with a
/// weight each.
///
/// - Shapes: ids and weights [N] over B sequences → features [B, featureCount] → logits [B, labels]
public struct SequenceClassifier: StoredModel {
  public let config: ClassifierConfig
  /// The map onto the labels, a row each.
  public let classifier: Linear
  private let network: Network
  private let dropout: Dropout

  private enum Network {
    case words(any TextEncoder)
    case terms(TermNetwork)
  }

  public init(_ config: ClassifierConfig, in scope: Scope) {
    self.config = config
    network =
      if case .dense(let size, let layerCount, let isNormalized) = config.network {
        .terms(
          TermNetwork(
            config, size: size, layerCount: layerCount, isNormalized: isNormalized, in: scope))
      } else {
        .words(config.wordEncoder(in: scope))
      }
    dropout = Dropout(config.dropout, in: scope / Self.headScope)
    classifier = Linear(config.featureCount, config.labels.count, in: scope / Self.headScope)
  }

  /// What the encoder found in each text.
  ///
  /// - Parameters:
  ///   - ids: Words or terms.
  ///   - weights: Of terms; words have none.
  ///   - mode: How the model runs.
  /// - Returns: A row a text.
  /// - Shapes: ids and weights [N] over B sequences → [B, featureCount], Float32
  public func features(_ ids: Sequences, weights: Tensor? = nil, _ mode: Mode) -> Tensor {
    switch (network, weights) {
    case (.words(let encoder), nil): return encoder(ids, mode)
    case (.terms(let network), let weights?): return network(ids, weights: weights, mode)
    case (.words, _?), (.terms, nil):
      preconditionFailure("SequenceClassifier: expected weights for terms, and none for words")
    }
  }

  /// What the words of a text have to do with a label's logit, from vectors of zeros as words.
  ///
  /// - Parameters:
  ///   - ids: One text of at least one word, of a model that reads words.
  ///   - label: The number of the label.
  ///   - stepCount: As that of `integratedGradients`.
  /// - Returns: A score for each id.
  public func attribution(of ids: [Int32], to label: Int, stepCount: Int = 64) -> Attribution {
    guard case .words(let encoder) = network else {
      preconditionFailure("SequenceClassifier.attribution: expected a model of words, got terms")
    }
    let mode = Mode.evaluation()
    let words = withoutGradients {
      encoder.embedded(Sequences(ids: [ids]), segments: nil, mode).values
    }
    return integratedGradients(of: [words], from: [.zeros(words.shape)], stepCount: stepCount) {
      classifier(encoder(embedded: $0[0], mode)).column(label)
    }
  }

  /// The logits of the labels.
  ///
  /// - Shapes: ids and weights [N] over B sequences → [B, labels], Float32
  public func callAsFunction(_ ids: Sequences, weights: Tensor? = nil, _ mode: Mode) -> Tensor {
    classifier(dropout(features(ids, weights: weights, mode), mode))
  }
}

extension SequenceClassifier {
  /// Where the weights of the map onto the labels are.
  static let headScope = "classifier"
  /// The name of the table of words' vectors.
  public static let embeddingName = "embedding.weight"
}

extension ClassifierConfig {
  /// Builds what makes vectors of texts, and states of their words, for a network that reads words.
  func wordEncoder(in scope: Scope) -> any TextEncoder {
    switch network {
    case .convolutions(let kernelSizes, let channelCount, let layerCount):
      TextCNN(
        self, kernelSizes: kernelSizes, channelCount: channelCount, layerCount: layerCount,
        in: scope)
    case .recurrent(let cell, let size, let layerCount, let pooling):
      RecurrentTextEncoder(
        self, cell, size: size, layerCount: layerCount, pooling: pooling, in: scope)
    case .dense:
      preconditionFailure("ClassifierConfig.wordEncoder: expected a network of words, got terms")
    }
  }
}
