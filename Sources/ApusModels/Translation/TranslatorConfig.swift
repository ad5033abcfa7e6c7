import ApusLayers
import ApusTensors

/// The architecture of a model that turns one sequence of tokens into another.
public struct TranslatorConfig: Sendable, Hashable {
  /// What encodes and decodes.
  public enum Network: Sendable, Hashable {
    case recurrent(RecurrentTranslation)
    case transformer(TransformerTranslation)
  }

  /// What the words of a target line are.
  public enum TargetUnit: String, Sendable, Hashable, Codable, CaseIterable {
    case word, phone
  }

  public var sourceVocabularySize, targetVocabularySize: Int
  /// Whether source and target have one vocabulary and one table of embeddings.
  public var sharesEmbeddings = false
  /// Whether the projection onto the vocabulary is the target's table of embeddings.
  public var tiedEmbeddings = false
  /// The token that a target is begun with, and the one that ends source and target.
  public var start, end: Int32
  /// The token that stands for those that the target's vocabulary does not have.
  public var unknown: Int32 = 0
  public var targetUnit = TargetUnit.word
  public var network: Network

  public init(
    _ network: Network, sourceVocabularySize: Int, targetVocabularySize: Int, start: Int32,
    end: Int32
  ) {
    self.network = network
    self.sourceVocabularySize = sourceVocabularySize
    self.targetVocabularySize = targetVocabularySize
    self.start = start
    self.end = end
  }

  /// The values of an embedding.
  public var embeddingSize: Int {
    switch network {
    case .recurrent(let network): network.embeddingSize
    case .transformer(let network): network.hiddenSize
    }
  }

  /// The values that go into the projection onto the vocabulary.
  public var outputSize: Int {
    switch network {
    case .recurrent(let network): network.hiddenSize
    case .transformer(let network): network.hiddenSize
    }
  }

  public var dropout: Float {
    switch network {
    case .recurrent(let network): network.dropout
    case .transformer(let network): network.dropout
    }
  }

  /// Whether tokens of the source can be copied, those among them that the target's vocabulary lacks.
  public var copies: Bool {
    switch network {
    case .recurrent(let network): network.copies
    case .transformer: false
    }
  }
}

/// The shape of a recurrent encoder and decoder.
public struct RecurrentTranslation: Sendable, Hashable {
  /// What the decoder knows of source and target.
  public enum Form: String, Sendable, Hashable, Codable, CaseIterable {
    /// The encoder's last state alone.
    case state
    /// That, and the token before (Sutskever et al. 2014).
    case feedback
    /// Both, and the encoder's last state at every step (Cho et al. 2014).
    case context
    /// Both first, and at every step the encoder's states weighted by attention.
    case attention
  }

  public var cell = RecurrentCell.lstm
  public var embeddingSize: Int
  /// Units of a layer of the decoder, and of both directions of the encoder together.
  public var hiddenSize: Int
  public var encoderLayerCount = 1
  public var decoderLayerCount = 1
  /// Whether the encoder also reads from the end.
  public var isBidirectional = true
  public var form = Form.attention
  public var score = AttentionScore.general
  /// Whether what attention gave goes into the next step: Luong's input feeding.
  public var feedsInput = false
  /// Whether a decoder with attention may copy what it looks at.
  ///
  /// - Source: See et al. 2017.
  public var copies = false
  /// Whether the decoder starts from a map of the encoder's last states, and not from zeros.
  public var startsFromEncoder = true
  /// Of embeddings, between layers, and before the projection.
  public var dropout: Float = 0

  /// Whether anything of the source comes to the decoder.
  public var seesSource: Bool { startsFromEncoder || form == .context || form == .attention }

  public init(embeddingSize: Int, hiddenSize: Int) {
    self.embeddingSize = embeddingSize
    self.hiddenSize = hiddenSize
  }
}

/// The shape of a Transformer encoder and decoder.
public struct TransformerTranslation: Sendable, Hashable {
  public var hiddenSize: Int
  public var encoderLayerCount: Int
  public var decoderLayerCount: Int
  public var headCount: Int
  /// The inner size of the feed-forward layers.
  public var intermediateSize: Int
  public var activation = Activation.relu
  /// After embeddings, attention and feed-forward layers.
  public var dropout: Float = 0.1
  /// Of attention probabilities.
  public var attentionDropout: Float = 0
  public var layerNormEpsilon: Float = 1e-5
  public var normPlacement = NormPlacement.pre

  public init(hiddenSize: Int, layerCount: Int, headCount: Int) {
    self.hiddenSize = hiddenSize
    encoderLayerCount = layerCount
    decoderLayerCount = layerCount
    self.headCount = headCount
    intermediateSize = 4 * hiddenSize
  }
}
