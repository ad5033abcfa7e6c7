/// How far the plateau schedule has lowered the rate, and what decides when it does so again.
public struct PlateauState: Codable, Hashable, Sendable {
  /// What the highest rate is multiplied by.
  public private(set) var scale = 1.0
  /// The lowest validation loss that counted as an improvement.
  public private(set) var bestLoss: Double?
  /// The validations since then.
  public private(set) var badCount = 0

  public init() {}

  /// Takes note of a validation; after more than `patience` without improvement the rate falls.
  ///
  /// A loss that is not a number is no improvement.
  public mutating func observe(loss: Double, _ recipe: ScheduleRecipe) {
    let bound = bestLoss.map { $0 - abs($0) * recipe.threshold } ?? .infinity
    if loss < bound {
      (bestLoss, badCount) = (loss, 0)
      return
    }
    badCount += 1
    guard badCount > recipe.patience else { return }
    scale *= recipe.factor
    badCount = 0
  }
}
