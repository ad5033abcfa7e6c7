/// How the learning rate changes over the steps of a run.
public struct ScheduleRecipe: Equatable, Sendable {
  public enum Kind: String, CaseIterable, Sendable {
    case constant, linear, cosine, inverseSquareRoot, oneCycle, plateau, staircase
  }

  public var kind: Kind
  /// The steps over which the rate rises to its highest value.
  public var warmupSteps = 0
  /// The rate at the end (linear, cosine, one-cycle) or the lowest one (the others).
  public var finalRate = 0.0
  /// The rate that one-cycle starts from; nil is a 25th of the highest (Smith & Topin 2018).
  public var initialRate: Double?
  /// What the rate is multiplied by on a plateau, or after each epoch of a staircase.
  public var factor = 0.5
  /// The epochs of a staircase before the rate falls for the first time.
  public var heldEpochs = 1
  /// The validations without improvement that make a plateau.
  public var patience = 2
  /// The relative fall of the loss that counts as an improvement.
  public var threshold = 1e-4

  public init(kind: Kind) { self.kind = kind }
}

extension ScheduleRecipe: RecipeSection {
  static let fields: [RecipeField<ScheduleRecipe>] = [
    .choice("kind", \.kind),
    .integer("warmupSteps", \.warmupSteps, 0...1_000_000_000),
    .number("finalRate", \.finalRate, 0...1000).when { $0.kind != .constant },
    .number("initialRate", \.initialRate, 0...1000).when { $0.kind == .oneCycle },
    .number("factor", \.factor, 0.001...0.999)
      .when { [.plateau, .staircase].contains($0.kind) },
    .integer("heldEpochs", \.heldEpochs, 0...1_000_000).when { $0.kind == .staircase },
    .integer("patience", \.patience, 0...1_000_000).when { $0.kind == .plateau },
    .number("threshold", \.threshold, 0...0.999).when { $0.kind == .plateau },
  ]

  init() { self.init(kind: .constant) }
}
