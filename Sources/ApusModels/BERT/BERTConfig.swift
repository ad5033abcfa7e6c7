import ApusFiles
import ApusLayers
import ApusTensors

/// The sizes and settings of a BERT or one of its family, read from and written to the `config.json`
/// of Hugging Face's configuration for it.
///
/// The defaults are those of BERT-Base (Devlin et al. 2019).
public struct BERTConfig: TransformerArchitecture {
  public let family: BERTFamily
  public var transformer: TransformerConfig
  /// 0 where the family has none.
  public var segmentCount: Int
  /// The size of the tables, from which they are projected to the hidden size; nil where they have
  /// that already.
  public var embeddingSize: Int?
  /// The number of groups that blocks share their weights in; nil if each has its own.
  public var groupCount: Int?
  /// The blocks of a group, which run one after the other.
  public var groupSize = 1
  /// The id that other libraries pad with.
  public var padding: Int?
  /// Whether the directory is to hold the heads of masked tokens and following sentences too.
  public var hasPretrainingHeads: Bool

  public init(
    family: BERTFamily = .bert, _ transformer: TransformerConfig = .bertBase, padding: Int? = nil
  ) {
    self.family = family
    self.transformer = transformer
    self.padding = padding
    segmentCount = family.hasSegments ? 2 : 0
    hasPretrainingHeads = family == .bert
  }

  /// A BERT of given sizes.
  public init(
    vocabularySize: Int, contextLength: Int, hiddenSize: Int, layerCount: Int, headCount: Int
  ) {
    self.init(
      TransformerConfig(
        vocabularySize: vocabularySize, contextLength: contextLength, hiddenSize: hiddenSize,
        layerCount: layerCount, headCount: headCount))
  }

  /// The positions that come before that of the first token.
  var positionOffset: Int { family.skipsPadding ? (padding ?? 1) + 1 : 0 }

  /// The blocks that have weights of their own.
  var distinctBlockCount: Int { groupCount.map { $0 * groupSize } ?? self.layerCount }

  /// The number of weights; in Double, so that no sizes overflow.
  public var parameterCount: Double {
    let size = Double(self.hiddenSize)
    let tableSize = Double(embeddingSize ?? self.hiddenSize)
    let vocabulary = Double(self.vocabularySize)
    let rows =
      vocabulary + Double(segmentCount) + 2
      + (self.positions == .learned ? Double(self.contextLength + positionOffset) : 0)
    let projection = embeddingSize.map { (Double($0) + 1) * size } ?? 0
    let blocks = Double(distinctBlockCount) * transformer.blockParameterCount
    let pooler = family.hasPooler ? size * (size + 1) : 0
    let transform = size * (size + 1) + 2 * size
    let decoder = (self.tiedEmbeddings ? 0 : vocabulary * size) + vocabulary
    let next = 2 * (size + 1)
    return rows * tableSize + projection + blocks + transformer.finalNormParameterCount + pooler
      + (hasPretrainingHeads ? transform + decoder + next : 0)
  }
}

extension TransformerConfig {
  /// BERT-Base.
  public static let bertBase = TransformerConfig(
    vocabularySize: 30_522, contextLength: 512, hiddenSize: 768, layerCount: 12, headCount: 12)
}
