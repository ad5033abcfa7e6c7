import ApusTensors

/// The loss of a classifier's logits, with what a recipe does about classes of unequal size.
public struct ClassLoss: Sendable {
  private let weights: Tensor?
  private let adjustment: Tensor?
  private let focusing: Float
  private let labelSmoothing: Float

  /// - Parameters:
  ///   - recipe: Nil for plain cross-entropy.
  ///   - balance: The classes of the examples that are learnt from.
  ///   - labelSmoothing: The share of the target distribution that is spread over all classes.
  public init(_ recipe: ImbalanceRecipe?, _ balance: ClassBalance, labelSmoothing: Double = 0) {
    func constant(_ values: [Double]) -> Tensor { Tensor(values.map { Float($0) }) }
    weights =
      switch recipe?.classWeights ?? .none {
      case .none: nil
      case .inverse: constant(balance.inverseFrequencyWeights)
      case .effective:
        constant(balance.effectiveNumberWeights(beta: recipe?.effectiveBeta ?? 0))
      }
    let strength = recipe?.logitAdjustment ?? 0
    adjustment = strength == 0 ? nil : constant(balance.logPriors.map { strength * $0 })
    focusing = Float(recipe?.focusing ?? 0)
    self.labelSmoothing = Float(labelSmoothing)
  }

  /// The loss of each example, for training alone: classes are told by the logits as they are.
  ///
  /// - Shapes: logits [B, L], targets [B] → [B]
  /// - Source: the adjustment by the classes' shares, Menon et al. 2021, eq. 10.
  public func callAsFunction(
    _ logits: Tensor, targets: Tensor, ignoring: Int32? = nil
  ) -> Tensor {
    crossEntropy(
      adjustment.map { logits + $0 } ?? logits, targets: targets, labelSmoothing: labelSmoothing,
      classWeights: weights, focusing: focusing, ignoring: ignoring)
  }
}
