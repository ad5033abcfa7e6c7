import ApusLayers

/// How texts become vectors, where that is to differ from what the model's directory says.
public struct EmbeddingOptions: Sendable, Hashable {
  /// How the states of a text become one vector; nil as the directory says, or else their mean.
  public var pooling: Pooling?
  /// Whether vectors get the length 1; nil as the directory says, or else not.
  public var normalizes: Bool?
  /// The first values of each vector that are kept; nil for all.
  public var dimensions: Int?
  /// The number of blocks that run, 0 for the embeddings alone; nil for all.
  public var layer: Int?
  /// The most tokens of a text, with the special ones; what is behind them is left out.
  ///
  /// Nil as the directory says, or else as many as the model has positions.
  public var maximumLength: Int?
  /// The type of the operands of matrix products.
  public var precision: Mode.Precision

  public init(
    pooling: Pooling? = nil, normalizes: Bool? = nil, dimensions: Int? = nil, layer: Int? = nil,
    maximumLength: Int? = nil, precision: Mode.Precision = .fp32
  ) {
    self.pooling = pooling
    self.normalizes = normalizes
    self.dimensions = dimensions
    self.layer = layer
    self.maximumLength = maximumLength
    self.precision = precision
  }
}
