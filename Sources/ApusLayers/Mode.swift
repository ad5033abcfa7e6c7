import ApusTensors

/// How a model runs: whether elements are dropped, and in which precision it multiplies.
///
/// A mode is an argument of every call that depends on it; there is no switch inside a model.
public struct Mode: Sendable {
  /// The type of the operands of matrix products; weights and sums are Float32 in all.
  public enum Precision: String, Sendable, Hashable, Codable, CaseIterable {
    case fp32
    case bf16
    /// Weights are rounded to 8-bit integers with a scale for each output; for evaluation alone.
    ///
    /// That is, those of Transformer blocks and recurrent layers, and of a language model's
    /// projection onto the vocabulary. Smaller ones stay as they are: the projection of an encoder's
    /// embeddings, poolers, the heads of BERT's pretraining and what else follows an encoder.
    case int8

    public var scalarType: ScalarType { self == .bf16 ? .bfloat16 : .float32 }
    public var quantizesWeights: Bool { self == .int8 }
  }

  public let precision: Precision
  /// Whether each Transformer block saves its input alone and runs again on the way back.
  ///
  /// That takes about a third more time and a fraction of the memory.
  public let recomputesBlocks: Bool
  private let key: RandomKey?

  private init(precision: Precision, recomputesBlocks: Bool, key: RandomKey?) {
    self.precision = precision
    self.recomputesBlocks = recomputesBlocks
    self.key = key
  }

  /// Nothing is dropped.
  public static func evaluation(_ precision: Precision = .fp32) -> Mode {
    Mode(precision: precision, recomputesBlocks: false, key: nil)
  }

  /// Elements are dropped as a function of seed, step and the name of the layer.
  public static func training(
    seed: UInt64, step: Int, precision: Precision = .fp32, recomputesBlocks: Bool = false
  ) -> Mode {
    precondition(
      !precision.quantizesWeights, "Mode.training: expected fp32 or bf16, got \(precision)")
    return Mode(
      precision: precision, recomputesBlocks: recomputesBlocks,
      key: RandomKey(seed: seed, step: step, name: "dropout"))
  }

  public var isTraining: Bool { key != nil }

  /// The type in which values go from layer to layer as operands of products.
  public var scalarType: ScalarType { precision.scalarType }

  /// A mode that drops other elements: for the parts of a batch within a step, or for a layer
  /// that is applied twice.
  public func split(_ index: Int) -> Mode {
    Mode(precision: precision, recomputesBlocks: recomputesBlocks, key: key?.split(index))
  }

  /// What a choice of a name is drawn by in training; nil in evaluation.
  public func key(of name: String) -> RandomKey? { key?.split(name) }

  /// What the layer of a name drops; nil if nothing.
  public func dropped(rate: Float, _ name: String) -> Dropped? {
    guard let key, rate > 0 else { return nil }
    return Dropped(rate: rate, key: key.split(name))
  }
}
