import ApusLayers
import ApusTensors

/// The sizes and settings that every Transformer has.
///
/// What an architecture has beside them is in its own configuration, which holds one of these.
public struct TransformerConfig: Sendable, Hashable {
  public var vocabularySize: Int
  /// The longest sequence, in tokens.
  public var contextLength: Int
  public var hiddenSize: Int
  public var layerCount: Int
  public var headCount: Int
  /// The inner size of the feed-forward layers.
  public var intermediateSize: Int
  public var activation = Activation.gelu
  /// After the embeddings and after the layers of each block.
  public var dropout: Float = 0.1
  /// Of attention probabilities.
  public var attentionDropout: Float = 0.1
  public var layerNormEpsilon: Float = 1e-12
  /// The standard deviation of the first weights.
  public var initializerRange: Float = 0.02
  public var positions = PositionKind.learned
  public var normPlacement = NormPlacement.post
  /// Whether the projection onto the vocabulary is the embedding table.
  public var tiedEmbeddings = true

  /// Feed-forward layers of four times the hidden size and, for the rest, the settings of BERT.
  public init(
    vocabularySize: Int, contextLength: Int, hiddenSize: Int, layerCount: Int, headCount: Int
  ) {
    self.vocabularySize = vocabularySize
    self.contextLength = contextLength
    self.hiddenSize = hiddenSize
    self.layerCount = layerCount
    self.headCount = headCount
    intermediateSize = 4 * hiddenSize
  }

  /// The weights of one block; in Double, so that no sizes overflow.
  var blockParameterCount: Double {
    let (size, wide) = (Double(hiddenSize), Double(intermediateSize))
    let attention = 4 * size * (size + 1)
    let feedForward = 2 * size * wide + size + wide
    return attention + feedForward + 4 * size
  }

  /// The weights of the norm after the last block.
  var finalNormParameterCount: Double { normPlacement == .pre ? 2 * Double(hiddenSize) : 0 }

  /// The rows of a learned table of positions.
  var positionRowCount: Double { positions == .learned ? Double(contextLength) : 0 }

  /// The distribution that matrices and tables are drawn from.
  var initializer: Initializer { .normal(standardDeviation: initializerRange) }
}

/// The configuration of an architecture made of Transformer blocks.
///
/// Sizes and settings of the blocks are read and changed as if they were its own.
@dynamicMemberLookup
public protocol TransformerArchitecture: Sendable, Hashable {
  var transformer: TransformerConfig { get set }
}

extension TransformerArchitecture {
  public subscript<Value>(
    dynamicMember setting: WritableKeyPath<TransformerConfig, Value>
  ) -> Value {
    get { transformer[keyPath: setting] }
    set { transformer[keyPath: setting] = newValue }
  }
}
